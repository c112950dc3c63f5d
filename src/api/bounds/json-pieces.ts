/** Values as JSON in pieces, so that a large answer is never held as text too: each is made when the socket takes it. */

/** Characters of text in one piece, about. */
export const PIECE_LENGTH = 32 * 1024

/** Smaller answers are bounded by the number of connections alone. */
export const COUNTED_FROM_LENGTH = 16 * 1024

/** What a value weighs: the characters of its texts and a little for everything else. */
export function weigh(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return 8
  let weight = 8
  for (const key in value) weight += key.length + weigh((value as Record<string, unknown>)[key])
  return weight
}

/** The JSON that JSON.stringify makes of plain data, in pieces. */
export function* jsonPieces(value: unknown): Generator<string> {
  if (typeof value === 'string') yield* textPieces(value)
  else if (typeof value !== 'object' || value === null || weigh(value) <= PIECE_LENGTH) {
    yield JSON.stringify(value)
  } else if (Array.isArray(value)) {
    yield '['
    for (const [index, entry] of value.entries()) {
      if (index > 0) yield ','
      yield* jsonPieces(entry === undefined ? null : entry)
    }
    yield ']'
  } else yield* objectPieces(value)
}

function* objectPieces(value: object): Generator<string> {
  let before = '{'
  for (const [key, field] of Object.entries(value) as [string, unknown][]) {
    if (field === undefined) continue
    yield `${before}${JSON.stringify(key)}:`
    yield* jsonPieces(field)
    before = ','
  }
  yield before === '{' ? '{}' : '}'
}

function* textPieces(text: string): Generator<string> {
  if (text.length <= PIECE_LENGTH) {
    yield JSON.stringify(text)
    return
  }
  yield '"'
  for (let start = 0; start < text.length;) {
    let end = Math.min(start + PIECE_LENGTH, text.length)
    // The halves of a character stay together.
    if (end < text.length && isHighSurrogate(text.charCodeAt(end - 1))) end--
    yield JSON.stringify(text.slice(start, end)).slice(1, -1)
    start = end
  }
  yield '"'
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd8_00 && unit <= 0xdb_ff
}
