/** Keeps the embedded database within its room: asks for it before writes, and deletes to make it. */
import type { StoreLimits, StoreRoom } from './limits.js'
import { divideRoom } from './limits.js'
import type { SqliteConnection } from './sqlite-connection.js'
import { refusalCode } from './sqlite-connection.js'
import { makeRoom, removeOldest } from './sqlite-eviction.js'
import type { Statement, StatementResult } from './sqlite-thread.js'
import type { Deleted } from './records.js'
import { recordTooLarge, storeFull } from './unavailable.js'

/** So often room is made for one write: the end of a submission, which waits for no new record, may have taken it. */
const MAX_ATTEMPTS = 5
/** Rows and indexes, as the thread reckons with them. */
const BESIDE_BYTES = 65_536

export interface RoomRequest {
  readonly bytes: number
  /** New records leave some room for the ends of those that were accepted. */
  readonly isNew: boolean
}

export class SqliteRoom {
  readonly limits: StoreLimits
  readonly room: StoreRoom
  readonly #database: SqliteConnection
  /** Everything deleted by this store, for its next report. */
  readonly #deleted: Deleted
  #making: Promise<unknown> = Promise.resolve()
  /** Being made for one write; new records that come meanwhile leave it alone. */
  #promisedBytes = 0

  constructor(database: SqliteConnection, limits: StoreLimits, deleted: Deleted) {
    this.#database = database
    this.limits = limits
    this.room = divideRoom(limits)
    this.#deleted = deleted
  }

  /** Writes as soon as there is room, if need be in the place of older records. */
  async write(
    statements: readonly Statement[],
    { bytes, isNew }: RoomRequest,
  ): Promise<readonly StatementResult[]> {
    const { recordBytes, reserveBytes } = this.room
    if (bytes > recordBytes) throw recordTooLarge(recordBytes)
    const spareBytes = isNew ? reserveBytes : reserveBytes / 4
    try {
      return await this.#database.transaction(statements, spareBytes + (isNew ? this.#promisedBytes : 0))
    } catch (error) {
      if (refusalCode(error) !== 'SQLITE_FULL') throw error
    }
    // Who has to make room also writes before the next one does.
    const written = this.#making.then(() =>
      this.#makeRoomFor(bytes + BESIDE_BYTES, () => this.#database.transaction(statements, spareBytes)),
    )
    this.#making = written.catch(() => {})
    return written
  }

  async #makeRoomFor<T>(bytes: number, run: () => Promise<T>): Promise<T> {
    this.#promisedBytes = bytes
    try {
      for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
        const mayMakeMore = await makeRoom(this.#database, this.room, bytes, this.#deleted)
        try {
          // Where nothing more may be deleted, the reserve may still do.
          return await run()
        } catch (error) {
          if (refusalCode(error) !== 'SQLITE_FULL') throw error
        }
        if (!mayMakeMore) break
      }
    } finally {
      this.#promisedBytes = 0
    }
    throw storeFull()
  }

  /** A client that holds more than its part loses its own oldest, all but the newest. */
  async trim(held: StatementResult | undefined): Promise<void> {
    const [row] = held?.rows ?? []
    const owner = String(row?.['owner'] ?? '')
    // Nobody is known to own what was written before there were owners.
    if (owner === '') return
    let excess = Number(row?.['held'] ?? 0) - this.limits.clientBytes
    while (excess > 0) {
      const removed = await removeOldest(this.#database, this.#deleted, {
        owner,
        kinds: ['submissions', 'executions'],
        bytes: excess,
        transactionBytes: this.room.transactionBytes,
        keepNewest: true,
      })
      if (removed === 0) return
      excess -= removed
    }
  }
}
