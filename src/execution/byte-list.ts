/** Below this, a loop is faster than making a view to copy from. */
const SHORT_BYTES = 48

/** Bytes that grow at the end: one copy in, capacity doubled, so n bytes cost O(n) however small the pieces are. */
export class ByteList {
  #bytes: Buffer = Buffer.alloc(0)
  #length = 0

  get length(): number {
    return this.#length
  }

  /** Appends `source[start, end)`. */
  append(source: Uint8Array, start = 0, end = source.length): void {
    const added = end - start
    this.#reserve(added)
    if (added > SHORT_BYTES) this.#bytes.set(source.subarray(start, end), this.#length)
    else
      for (let index = 0; index < added; index++)
        this.#bytes[this.#length + index] = source[start + index] ?? 0
    this.#length += added
  }

  push(byte: number): void {
    this.#reserve(1)
    this.#bytes[this.#length++] = byte
  }

  /** What was appended, as a view that the next append may detach from the list. */
  view(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  #reserve(more: number): void {
    const needed = this.#length + more
    if (needed <= this.#bytes.length) return
    const grown = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2))
    this.#bytes.copy(grown, 0, 0, this.#length)
    this.#bytes = grown
  }
}
