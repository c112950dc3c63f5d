/**
 * Deliveries of callbacks under way: receivers take turns, and none has more at once than its part, so that one that
 * does not answer keeps no other waiting. A receiver is a host by its name.
 */
import { FairLine } from '../queue/fair-line.js'
import type { DueCallback } from '../store/records.js'

export interface DeliveriesOptions {
  readonly atOnce: number
  readonly atOncePerHost: number
  /** Claimed and not yet delivered; more are left in the store. */
  readonly maxClaimed: number
  readonly claim: (limit: number) => Promise<readonly DueCallback[]>
  /** Delivers one; never rejects. */
  readonly deliver: (callback: DueCallback) => Promise<void>
}

export class Deliveries {
  readonly #options: DeliveriesOptions
  readonly #line = new FairLine<DueCallback>()
  readonly #byHost = new Map<string, number>()
  readonly #underWay = new Set<Promise<void>>()
  #claiming: Promise<void> | undefined
  #again = false
  #stopped = false

  constructor(options: DeliveriesOptions) {
    this.#options = options
  }

  /** Begins what is due, as far as there is room; resolves when all that could be claimed is. */
  begin(): Promise<void> {
    this.#again = true
    this.#claiming ??= this.#claim().finally(() => {
      this.#claiming = undefined
    })
    return this.#claiming
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    while (this.#claiming !== undefined || this.#underWay.size > 0)
      await Promise.allSettled([this.#claiming, ...this.#underWay])
  }

  /** Begins nothing more; what was claimed is due again when its claim has run out. */
  stop(): Promise<void> {
    this.#stopped = true
    return this.settled()
  }

  async #claim(): Promise<void> {
    while (this.#again && !this.#stopped) {
      this.#again = false
      const room = this.#options.maxClaimed - this.#line.length
      const claimed = room > 0 ? await this.#options.claim(room) : []
      for (const callback of claimed) this.#line.join(hostOf(callback), callback)
      this.#startNext()
      this.#again ||= claimed.length > 0
    }
  }

  #startNext(): void {
    const { atOnce, atOncePerHost } = this.#options
    while (!this.#stopped && this.#underWay.size < atOnce) {
      const callback = this.#line.take((host) => (this.#byHost.get(host) ?? 0) < atOncePerHost)
      if (callback === undefined) return
      this.#start(callback)
    }
  }

  #start(callback: DueCallback): void {
    const host = hostOf(callback)
    const wasFull = this.#line.length + 1 >= this.#options.maxClaimed
    this.#count(host, 1)
    const delivery = this.#options.deliver(callback).then(async () => {
      this.#underWay.delete(delivery)
      this.#count(host, -1)
      this.#startNext()
      // There may be more in the store than there was room for.
      if (wasFull && !this.#stopped) await this.begin()
    })
    this.#underWay.add(delivery)
  }

  #count(host: string, change: 1 | -1): void {
    const after = (this.#byHost.get(host) ?? 0) + change
    if (after === 0) this.#byHost.delete(host)
    else this.#byHost.set(host, after)
  }
}

function hostOf({ url }: DueCallback): string {
  return URL.canParse(url) ? new URL(url).hostname : ''
}
