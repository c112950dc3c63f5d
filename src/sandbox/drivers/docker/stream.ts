/**
 * One attached container as a pair of byte streams. Without a terminal the engine sends output in pieces, each with a
 * header of eight bytes: the stream's number, three zeros, and the piece's length.
 */
const HEADER_BYTES = 8
const STDOUT = 1

/** Cuts the engine's stream; pieces are handed on as they come, also those that are not whole yet. */
export class OutputCutter {
  #header = Buffer.alloc(0)
  #stream = 0
  #left = 0

  read(chunk: Buffer, on: { stdout(piece: Buffer): void; stderr(piece: Buffer): void }): void {
    let rest = chunk
    while (rest.length > 0) {
      if (this.#left === 0) {
        const missing = HEADER_BYTES - this.#header.length
        this.#header = Buffer.concat([this.#header, rest.subarray(0, missing)])
        rest = rest.subarray(missing)
        if (this.#header.length < HEADER_BYTES) return
        this.#stream = this.#header.readUInt8(0)
        this.#left = this.#header.readUInt32BE(4)
        this.#header = Buffer.alloc(0)
        continue
      }
      const piece = rest.subarray(0, this.#left)
      this.#left -= piece.length
      rest = rest.subarray(piece.length)
      if (this.#stream === STDOUT) on.stdout(piece)
      else on.stderr(piece)
    }
  }
}
