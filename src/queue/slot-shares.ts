/**
 * Who holds the slots of one consumer, and who may start another program. A client's *share* is half of the slots.
 *
 * - While a slot is free, whoever waits may have it.
 * - Programs beyond their client's share keep nobody out: a client below its own share starts beside them, although
 *   all slots are taken. The kernel divides the CPUs among them until the first of them ends.
 * - A program that uses no CPU gives its slot back and is counted in the idle room. A client whose part of that room is
 *   full starts nothing until one of its programs there ends.
 */
import { IdleRoom } from './idle-room.js'
import type { RoomBesideSlots } from './job-queue.js'

/** What runs. */
export interface Tenant {
  readonly clientKey: string
  /** What its program may take at most. */
  readonly memoryBytes: number
}

/** Where it is counted: in a slot, or in the idle room. */
export interface Holding {
  readonly tenant: Tenant
  isActive: boolean
  isInRoom: boolean
}

/** For a consumer whose programs keep their slots. */
const NO_ROOM = new IdleRoom({ programs: 0, memoryBytes: 0 })

export function shareOf(slots: number): number {
  return Math.max(1, Math.floor(slots / 2))
}

/** What one client may have beyond its share, others may have in addition. */
export function mostBeyond(slots: number): number {
  return slots - shareOf(slots)
}

export class SlotShares {
  readonly slots: number
  readonly #beyond: number
  readonly #share: number
  readonly #room: IdleRoom
  /** Of each client that holds slots, how many. */
  readonly #held = new Map<string, number>()
  readonly #withoutRoom = new Set<Holding>()
  #busy = 0
  #idle = 0
  /** Held slots, those beyond a client's share left out. */
  #withinShares = 0

  constructor(slots: number, { beyond = 0, idleRoom = NO_ROOM }: RoomBesideSlots) {
    this.slots = slots
    this.#beyond = beyond
    this.#share = shareOf(slots)
    this.#room = idleRoom
  }

  /** Programs that hold a slot. */
  get busy(): number {
    return this.#busy
  }

  /** Programs that run and have given theirs back. */
  get idle(): number {
    return this.#idle
  }

  get hasFreeSlot(): boolean {
    return this.#busy < this.slots
  }

  /** Whether there is a place for a program that holds no slot. */
  get hasRoomBeyond(): boolean {
    return this.#busy < this.slots + this.#beyond
  }

  /** Whether a client below its share may start a program although no slot is free. */
  get mayStartBeyond(): boolean {
    return this.hasRoomBeyond && this.#withinShares < this.slots
  }

  /** Whether this client may start a program without going beyond its share: those come first. */
  mayStartWithinShare(clientKey: string): boolean {
    const isBelowShare = (this.#held.get(clientKey) ?? 0) < this.#share
    return isBelowShare && (this.hasFreeSlot || this.mayStartBeyond) && this.#room.isOpenTo(clientKey)
  }

  /** Whether this client may start a program now. */
  mayStart(clientKey: string): boolean {
    return (this.hasFreeSlot && this.#room.isOpenTo(clientKey)) || this.mayStartWithinShare(clientKey)
  }

  start(tenant: Tenant): Holding {
    this.#hold(tenant.clientKey, 1)
    return { tenant, isActive: true, isInRoom: false }
  }

  end(holding: Holding): void {
    this.#withoutRoom.delete(holding)
    if (holding.isInRoom) this.#leaveRoom(holding)
    else this.#hold(holding.tenant.clientKey, -1)
  }

  /** The program has begun to wait, or goes on. Gives whether that changed who holds slots. */
  setActive(holding: Holding, isActive: boolean): boolean {
    if (holding.isActive === isActive) return false
    holding.isActive = isActive
    this.#withoutRoom.delete(holding)
    if (!isActive) return this.#enterRoom(holding)
    if (!holding.isInRoom) return false
    this.#leaveRoom(holding)
    this.#hold(holding.tenant.clientKey, 1)
    return true
  }

  /** There is more idle room: gives the programs that have found a place in it. */
  settle(): readonly Holding[] {
    return Array.from(this.#withoutRoom).filter((holding) => this.#enterRoom(holding))
  }

  #enterRoom(holding: Holding): boolean {
    const { clientKey, memoryBytes } = holding.tenant
    if (!this.#room.enter(clientKey, memoryBytes)) {
      this.#withoutRoom.add(holding)
      return false
    }
    this.#withoutRoom.delete(holding)
    holding.isInRoom = true
    this.#idle++
    this.#hold(clientKey, -1)
    return true
  }

  #leaveRoom(holding: Holding): void {
    holding.isInRoom = false
    this.#idle--
    this.#room.leave(holding.tenant.clientKey, holding.tenant.memoryBytes)
  }

  #hold(clientKey: string, change: 1 | -1): void {
    const before = this.#held.get(clientKey) ?? 0
    const after = before + change
    if (after === 0) this.#held.delete(clientKey)
    else this.#held.set(clientKey, after)
    this.#busy += change
    this.#withinShares += Math.min(after, this.#share) - Math.min(before, this.#share)
  }
}
