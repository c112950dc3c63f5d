/** Bodies of records in MongoDB: beside their documents and in pieces, because a document holds 16 MiB at most. */
import { Binary, type Collection } from 'mongodb'
import { insertedOnce } from './mongodb-insert.js'

const PIECE_BYTES = 8 * 2 ** 20

interface Piece {
  readonly _id: string
  readonly owner: string
  readonly data: Binary
}

export class Bodies {
  readonly #pieces: Collection<Piece>

  constructor(pieces: Collection<Piece>) {
    this.#pieces = pieces
  }

  async prepare(): Promise<void> {
    await this.#pieces.createIndex({ owner: 1 })
  }

  /** Writes a body, once; what was written under this name before stays. Gives the number of its pieces. */
  async write(owner: string, field: string, body: Uint8Array): Promise<number> {
    const count = Math.max(1, Math.ceil(body.length / PIECE_BYTES))
    for (let index = 0; index < count; index++) {
      const data = new Binary(body.subarray(index * PIECE_BYTES, (index + 1) * PIECE_BYTES))
      await insertedOnce(this.#pieces, { _id: pieceId(owner, field, index), owner, data })
    }
    return count
  }

  async read(owner: string, field: string, pieces: number): Promise<Uint8Array | undefined> {
    const found: Uint8Array[] = []
    for (let index = 0; index < pieces; index++) {
      const piece = await this.#pieces.findOne({ _id: pieceId(owner, field, index) })
      if (piece === null) return undefined
      found.push(piece.data.buffer)
    }
    return found.length === 1 ? found[0] : Buffer.concat(found)
  }

  async removeField(owner: string, field: string, pieces: number): Promise<void> {
    const ids = Array.from({ length: pieces }, (_, index) => pieceId(owner, field, index))
    if (ids.length > 0) await this.#pieces.deleteMany({ _id: { $in: ids } })
  }

  async remove(owners: readonly string[]): Promise<void> {
    if (owners.length > 0) await this.#pieces.deleteMany({ owner: { $in: [...owners] } })
  }
}

/** Whose body that of a saved execution is: it may outlive the submission of the same id, or go before it. */
export function executionBody(jobId: string): string {
  return `execution/${jobId}`
}

function pieceId(owner: string, field: string, index: number): string {
  return `${owner}/${field}/${index}`
}
