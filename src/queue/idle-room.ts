/**
 * Where programs are counted that run but use no CPU: they take memory and no slot. Bounded in number and by their
 * memory limits together. Each client may have as much of it as is left to the others, so one alone gets half, two get
 * a third each, and there is always room for one more.
 */
export interface IdleRoomOptions {
  readonly programs: number
  readonly memoryBytes: number
}

interface Use {
  programs: number
  memoryBytes: number
}

export class IdleRoom {
  readonly #most: IdleRoomOptions
  readonly #total: Use = { programs: 0, memoryBytes: 0 }
  readonly #clients = new Map<string, Use>()
  readonly #listeners = new Set<() => void>()
  #isTelling = false

  constructor(most: IdleRoomOptions) {
    this.#most = most
  }

  /** Counts one more program of a client here; false when there is no room for it. */
  enter(clientKey: string, memoryBytes: number): boolean {
    const { programs, memoryBytes: left } = this.#left()
    if (programs < 1 || left < memoryBytes || !this.isOpenTo(clientKey)) return false
    const use = this.#clients.get(clientKey) ?? { programs: 0, memoryBytes: 0 }
    this.#clients.set(clientKey, use)
    add(use, 1, memoryBytes)
    add(this.#total, 1, memoryBytes)
    return true
  }

  leave(clientKey: string, memoryBytes: number): void {
    const use = this.#clients.get(clientKey)
    if (use === undefined) return
    add(use, -1, -memoryBytes)
    add(this.#total, -1, -memoryBytes)
    if (use.programs === 0) this.#clients.delete(clientKey)
    this.#tell()
  }

  /** Whether a client has less here than is left. */
  isOpenTo(clientKey: string): boolean {
    const use = this.#clients.get(clientKey)
    if (use === undefined) return true
    const left = this.#left()
    return use.programs < left.programs && use.memoryBytes < left.memoryBytes
  }

  /** Clients that must wait for one of their own programs here to end or to go on. */
  closedTo(): readonly string[] {
    return Array.from(this.#clients.keys()).filter((clientKey) => !this.isOpenTo(clientKey))
  }

  /** Calls back, soon, whenever there is more room. */
  onRoom(listener: () => void): void {
    this.#listeners.add(listener)
  }

  #left(): Use {
    const { programs, memoryBytes } = this.#most
    return { programs: programs - this.#total.programs, memoryBytes: memoryBytes - this.#total.memoryBytes }
  }

  /** Once for all that leave in one turn, and never from within what made them leave. */
  #tell(): void {
    if (this.#isTelling) return
    this.#isTelling = true
    queueMicrotask(() => {
      this.#isTelling = false
      for (const listener of this.#listeners) listener()
    })
  }
}

function add(use: Use, programs: number, memoryBytes: number): void {
  use.programs += programs
  use.memoryBytes += memoryBytes
}
