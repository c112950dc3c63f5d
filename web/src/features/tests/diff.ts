/** Line by line, what was expected beside what was printed. */
export interface DiffLine {
  readonly kind: 'same' | 'missing' | 'extra'
  readonly text: string
}

const same = (text: string): DiffLine => ({ kind: 'same', text })
const missing = (text: string): DiffLine => ({ kind: 'missing', text })
const extra = (text: string): DiffLine => ({ kind: 'extra', text })

/** Beyond this many cells the table would cost more than the view is worth. */
const MAX_CELLS = 4_000_000

/** `missing` lines were expected and not printed, `extra` lines were printed and not expected. */
export function diffLines(expected: string, actual: string): DiffLine[] {
  const wanted = toLines(expected)
  const given = toLines(actual)
  const start = commonLength(wanted, given)
  const end = commonLength(wanted.slice(start).toReversed(), given.slice(start).toReversed())
  return [
    ...wanted.slice(0, start).map(same),
    ...diffMiddle(wanted.slice(start, wanted.length - end), given.slice(start, given.length - end)),
    ...wanted.slice(wanted.length - end).map(same),
  ]
}

/** An end of line at the very end makes no line of its own, and an empty text has none. */
function toLines(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n')
}

function commonLength(a: readonly string[], b: readonly string[]): number {
  let length = 0
  while (length < a.length && length < b.length && a[length] === b[length]) {
    length += 1
  }
  return length
}

function diffMiddle(wanted: readonly string[], given: readonly string[]): DiffLine[] {
  if (wanted.length * given.length > MAX_CELLS) {
    return [...wanted.map(missing), ...given.map(extra)]
  }
  const lengths = longestCommon(wanted, given)
  const width = given.length + 1
  const lines: DiffLine[] = []
  let [w, g] = [0, 0]
  while (w < wanted.length || g < given.length) {
    const [want, give] = [wanted[w], given[g]]
    if (want !== undefined && want === give) {
      lines.push(same(want))
      w += 1
      g += 1
    } else if (
      want !== undefined &&
      (give === undefined || (lengths[(w + 1) * width + g] ?? 0) >= (lengths[w * width + g + 1] ?? 0))
    ) {
      lines.push(missing(want))
      w += 1
    } else {
      lines.push(extra(give ?? ''))
      g += 1
    }
  }
  return lines
}

/** Cell (w, g): length of the longest common subsequence of what begins there. */
function longestCommon(wanted: readonly string[], given: readonly string[]): Uint32Array {
  const width = given.length + 1
  const lengths = new Uint32Array((wanted.length + 1) * width)
  for (let w = wanted.length - 1; w >= 0; w -= 1) {
    for (let g = given.length - 1; g >= 0; g -= 1) {
      lengths[w * width + g] =
        wanted[w] === given[g]
          ? (lengths[(w + 1) * width + g + 1] ?? 0) + 1
          : Math.max(lengths[(w + 1) * width + g] ?? 0, lengths[w * width + g + 1] ?? 0)
    }
  }
  return lengths
}

/** Makes blanks at the end visible, where they are all that differs. */
export function showTrailingBlanks(text: string): string {
  return text.replace(/[ \t\r]+$/, (blanks) =>
    blanks.replaceAll(' ', '·').replaceAll('\t', '→').replaceAll('\r', '␍'),
  )
}
