/** How much the store may hold, in all and for one client, and how SQLite's files share that room. */

export interface StoreLimits {
  /** Of each kind. */
  readonly maxRecords: number
  /** Of all records together, as the database takes them on the disk. */
  readonly maxBytes: number
  /** Of one client's submissions and saved executions. */
  readonly clientBytes: number
  /** Of one client's shares. */
  readonly clientShareBytes: number
}

/** More than tests and measurements fill. */
export const AMPLE: StoreLimits = {
  maxRecords: Number.MAX_SAFE_INTEGER,
  maxBytes: 2 ** 40,
  clientBytes: 2 ** 40,
  clientShareBytes: 2 ** 40,
}

/** What a record takes beside its bodies: its row, its entries in indexes. */
export const RECORD_OVERHEAD_BYTES = 1024

const MEBIBYTE = 2 ** 20
const MAX_LOG_BYTES = 64 * MEBIBYTE
/** Shares are promised until they expire, so they must leave room for everything else. */
const SHARES_PART = 1 / 2
/** Kept free for the ends of submissions that were accepted already. */
const RESERVE_PART = 1 / 16

export interface StoreRoom {
  /** Of the write-ahead log beside the database. */
  readonly logBytes: number
  readonly databaseBytes: number
  /** No new record may take the last of the room. */
  readonly reserveBytes: number
  /** Of all shares together. */
  readonly shareBytes: number
  /** The largest record: it has to fit into the log. */
  readonly recordBytes: number
  /** What one transaction writes or deletes at most, unless it is a single record. */
  readonly transactionBytes: number
}

export function divideRoom({ maxBytes }: Pick<StoreLimits, 'maxBytes'>): StoreRoom {
  const logBytes = Math.min(Math.floor(maxBytes / 4), MAX_LOG_BYTES)
  const databaseBytes = maxBytes - logBytes
  return {
    logBytes,
    databaseBytes,
    reserveBytes: Math.floor(databaseBytes * RESERVE_PART),
    shareBytes: Math.floor(databaseBytes * SHARES_PART),
    recordBytes: Math.floor(logBytes * 0.75),
    transactionBytes: Math.floor(logBytes / 4),
  }
}
