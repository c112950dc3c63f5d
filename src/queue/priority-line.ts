/**
 * Two fair lines: jobs whose answer somebody waits for, and those that are asked for later. The first go first, and the
 * second are not forgotten: theirs is every fourth turn.
 */
import type { Place } from './fair-line.js'
import { FairLine } from './fair-line.js'
import type { Priority } from './job-queue.js'

/** Jobs that somebody waits for, taken before one that nobody does. */
export const AWAITED_IN_A_ROW = 3

export interface PriorityPlace<T> {
  readonly priority: Priority
  readonly place: Place<T>
}

export class PriorityLine<T> {
  readonly #lines: Readonly<Record<Priority, FairLine<T>>> = {
    awaited: new FairLine(),
    later: new FairLine(),
  }
  /** Awaited jobs taken while others waited as well. */
  #awaitedInARow = 0

  get length(): number {
    return this.#lines.awaited.length + this.#lines.later.length
  }

  join(clientKey: string, value: T, priority: Priority): PriorityPlace<T> {
    return { priority, place: this.#lines[priority].join(clientKey, value) }
  }

  /** Clients with anything in the line; one that has something in both counts twice. */
  get clients(): number {
    return this.#lines.awaited.clients + this.#lines.later.clients
  }

  /** Takes the next value, of a client that may have one. */
  take(mayHave?: (clientKey: string) => boolean): T | undefined {
    const { awaited, later } = this.#lines
    if (later.length === 0) return awaited.take(mayHave)
    const isTurnOfLater = awaited.length === 0 || this.#awaitedInARow >= AWAITED_IN_A_ROW
    for (const line of isTurnOfLater ? [later, awaited] : [awaited, later]) {
      const value = line.take(mayHave)
      if (value === undefined) continue
      this.#awaitedInARow = line === later ? 0 : this.#awaitedInARow + 1
      return value
    }
    return undefined
  }

  leave({ priority, place }: PriorityPlace<T>): void {
    this.#lines[priority].leave(place)
  }

  /** A bound on how many are taken before this place, if nobody joins or leaves. */
  mostBefore({ priority, place }: PriorityPlace<T>): number {
    const { awaited, later } = this.#lines
    const own = this.#lines[priority].mostBefore(place)
    if (priority === 'awaited') {
      return own + Math.min(later.length, Math.floor((own + this.#awaitedInARow) / AWAITED_IN_A_ROW))
    }
    return own + Math.min(awaited.length, (own + 1) * AWAITED_IN_A_ROW - this.#awaitedInARow)
  }

  /** All values in the order in which they would be taken now. */
  *inOrder(): Generator<T> {
    const awaited = this.#lines.awaited.inOrder()
    const later = this.#lines.later.inOrder()
    let nextAwaited = awaited.next()
    let nextLater = later.next()
    let inARow = this.#awaitedInARow
    while (nextAwaited.done !== true || nextLater.done !== true) {
      if (nextLater.done !== true && (nextAwaited.done === true || inARow >= AWAITED_IN_A_ROW)) {
        inARow = 0
        yield nextLater.value
        nextLater = later.next()
      } else if (nextAwaited.done !== true) {
        inARow++
        yield nextAwaited.value
        nextAwaited = awaited.next()
      }
    }
  }
}
