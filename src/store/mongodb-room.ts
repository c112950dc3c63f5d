/**
 * Room in a MongoDB that several processes share. Each counts what it writes itself, and asks the database when that
 * may have become too much. An owner's name is made by one process, which so knows of all its records.
 */
import type { StoreLimits, StoreRoom } from './limits.js'
import { divideRoom } from './limits.js'
import type { Collections } from './mongodb-documents.js'
import { heldByOwner, removeOldest } from './mongodb-eviction.js'
import type { Usage } from './mongodb-prune.js'
import { makeMongodbRoom, removing, usageOf } from './mongodb-prune.js'
import type { Deleted } from './records.js'
import { clientStoreFull, recordTooLarge, storeFull } from './unavailable.js'

/** Others write too: after writing so much of the room a process looks how much is left. */
const MEASURE_AFTER_PART = 1 / 16
/** So much more than necessary is taken from an owner, so that not every write has to ask. */
const AHEAD_PART = 1 / 16
/** More owners than this are not remembered; the first ones are forgotten. */
const MAX_OWNERS = 50_000
const RECORDS = ['submissions', 'executions'] as const

/** Written by this process since it last asked, so never less than there is. */
interface Held {
  records: number
  shares: number
}

export class MongodbRoom {
  readonly #limits: StoreLimits
  readonly #room: StoreRoom
  readonly #deleted: Deleted
  readonly #held = new Map<string, Held>()
  #usage: Usage | undefined
  #sinceMeasured = 0
  #making: Promise<unknown> = Promise.resolve()

  constructor(limits: StoreLimits, deleted: Deleted) {
    this.#limits = limits
    this.#room = divideRoom(limits)
    this.#deleted = deleted
  }

  /** Resolves when there is room for so many bytes more, if need be in the place of older records. */
  async require(all: Collections, bytes: number): Promise<void> {
    const { maxBytes } = this.#limits
    if (bytes > this.#room.recordBytes) throw recordTooLarge(this.#room.recordBytes)
    const made = this.#making.then(async () => {
      let usage = await this.#currentUsage(all)
      if (usage.bytes + bytes > maxBytes) {
        usage = await makeMongodbRoom(all, this.#limits, bytes, this.#deleted)
        this.measured(usage)
      }
      if (usage.bytes + bytes > maxBytes) throw storeFull()
      usage.bytes += bytes
      this.#sinceMeasured += bytes
    })
    this.#making = made.catch(() => {})
    await made
  }

  measured(usage: Usage): void {
    this.#usage = usage
    this.#sinceMeasured = 0
  }

  /** Rejects where the owner's submissions that have not ended would take all its room. */
  async requireUnfinished(all: Collections, owner: string, bytes: number): Promise<void> {
    const { clientBytes } = this.#limits
    if (this.#of(owner).records + bytes <= clientBytes) return
    if ((await unfinishedBytes(all, owner)) + bytes <= clientBytes) return
    throw clientStoreFull('submissions that have not ended', clientBytes)
  }

  async requireShare(all: Collections, owner: string, bytes: number): Promise<void> {
    const { clientShareBytes, maxRecords } = this.#limits
    const held = this.#of(owner)
    if (held.shares + bytes > clientShareBytes) {
      held.shares = (await heldByOwner(all, 'bytes', ['shares'], { owner })).get(owner) ?? 0
      if (held.shares + bytes > clientShareBytes) throw clientStoreFull('shares', clientShareBytes)
    }
    const usage = await this.#currentUsage(all)
    if (usage.shareBytes + bytes > this.#room.shareBytes || usage.shares >= maxRecords) throw storeFull()
    usage.shareBytes += bytes
    usage.shares++
    held.shares += bytes
  }

  /** Notes what an owner has written, and deletes its oldest, all but the newest, where that is too much. */
  async added(all: Collections, owner: string | undefined, bytes: number): Promise<void> {
    if (owner === undefined) return
    const { clientBytes } = this.#limits
    const held = this.#of(owner)
    held.records += bytes
    if (held.records <= clientBytes) return
    const ended = (await heldByOwner(all, 'bytes', RECORDS, { owner })).get(owner) ?? 0
    held.records = ended + (await unfinishedBytes(all, owner))
    let excess = held.records - clientBytes
    if (excess > 0) excess += clientBytes * AHEAD_PART
    while (excess > 0) {
      const removal = { owner, kinds: RECORDS, bytes: excess, keepNewest: true }
      const removed = await removeOldest(all, removing(all, this.#deleted), removal)
      if (removed.records === 0) return
      held.records -= removed.bytes
      excess -= removed.bytes
    }
  }

  async #currentUsage(all: Collections): Promise<Usage> {
    const isStale = this.#sinceMeasured > this.#limits.maxBytes * MEASURE_AFTER_PART
    if (this.#usage === undefined || isStale) this.measured(await usageOf(all))
    return this.#usage as Usage
  }

  #of(owner: string): Held {
    const known = this.#held.get(owner)
    if (known !== undefined) return known
    const [first] = this.#held.keys()
    if (this.#held.size >= MAX_OWNERS && first !== undefined) this.#held.delete(first)
    const fresh = { records: 0, shares: 0 }
    this.#held.set(owner, fresh)
    return fresh
  }
}

async function unfinishedBytes({ submissions }: Collections, owner: string): Promise<number> {
  const [sum] = await submissions
    .aggregate<{ bytes: number }>([
      { $match: { owner, unfinished: true } },
      { $group: { _id: null, bytes: { $sum: '$bytes' } } },
    ])
    .toArray()
  return sum?.bytes ?? 0
}
