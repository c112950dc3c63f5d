/**
 * Messages as bytes: a length, JSON, then the binary parts that the JSON refers to by their size. Not V8's own format,
 * whose version differs between versions of Node, which a rolling update mixes.
 */
const HEADER_BYTES = 4
/** No field of a message has this name. */
const BINARY = '\0bytes'

/** Encodes plain data that may contain Uint8Arrays; they are copied once. */
export function encode(message: unknown): Buffer {
  const parts: Uint8Array[] = []
  const json = JSON.stringify(message, function replace(this: Record<string, unknown>, key, value: unknown) {
    // A Buffer arrives here as what its toJSON made of it.
    const original = this[key]
    if (!(original instanceof Uint8Array)) return value
    parts.push(original)
    return { [BINARY]: original.byteLength }
  })
  const header = Buffer.alloc(HEADER_BYTES)
  const text = Buffer.from(json)
  header.writeUInt32LE(text.length)
  return Buffer.concat([header, text, ...parts])
}

/** Decodes what `encode` made; binary parts are views of `bytes`. What it is, its sender and the caller agree on. */
export function decode(bytes: Buffer): unknown {
  let offset = HEADER_BYTES + bytes.readUInt32LE(0)
  const text = bytes.toString('utf8', HEADER_BYTES, offset)
  const revived: unknown = JSON.parse(text)
  // In the order in which the parts were written, which a reviver, working from the inside out, keeps as well: no part
  // contains another.
  const restore = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value
    const length = (value as Record<string, unknown>)[BINARY]
    if (typeof length === 'number') {
      // The view would reach into what else is in the same memory.
      if (!Number.isInteger(length) || length < 0 || offset + length > bytes.length)
        throw new RangeError('a part that is not there')
      const start = bytes.byteOffset + offset
      offset += length
      return new Uint8Array(bytes.buffer, start, length)
    }
    for (const [key, field] of Object.entries(value)) (value as Record<string, unknown>)[key] = restore(field)
    return value
  }
  return restore(revived)
}
