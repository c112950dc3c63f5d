/**
 * Removes containers and goes on until the engine says that each is gone. A removal races with the container's own
 * end, with removals by others and with the engine's restart; each of these may be answered with 404, 409 or 500, and
 * only 404 says that the container is gone.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { SandboxError } from '../../driver.js'
import { engineError, statusOf } from './engine.js'

const FIRST_BACKOFF_MS = 50
const MAX_BACKOFF_MS = 10_000
/** While a container stays, the log says so this often. */
const LOG_INTERVAL_MS = 60_000

export interface RemovalsOptions {
  /** One attempt to remove the container with this id, whatever its state. */
  readonly removeOnce: (id: string) => Promise<unknown>
  readonly log: (line: string) => void
  readonly firstBackoffMs?: number
  /** Monotonic milliseconds. */
  readonly now?: () => number
}

export class Removals {
  readonly #options: RemovalsOptions
  readonly #underWay = new Map<string, Promise<void>>()
  readonly #stuck = new Set<string>()
  readonly #giveUp = new AbortController()

  constructor(options: RemovalsOptions) {
    this.#options = options
  }

  /** Containers that the engine would not remove at the first attempt and still has. */
  get stuck(): number {
    return this.#stuck.size
  }

  has(id: string): boolean {
    return this.#underWay.has(id)
  }

  /** Resolves when the container is gone; rejects with SandboxError after `close` only. One loop for each container. */
  remove(id: string): Promise<void> {
    const known = this.#underWay.get(id)
    if (known) return known
    const removal = this.#untilGone(id).finally(() => {
      this.#underWay.delete(id)
      this.#stuck.delete(id)
    })
    this.#underWay.set(id, removal)
    return removal
  }

  /** Gives removals under way this long, then names those that the engine still refuses and leaves them to the next start. */
  async close(deadlineMs: number): Promise<void> {
    const all = Promise.allSettled(this.#underWay.values())
    const deadline = new AbortController()
    await Promise.race([
      all,
      delay(deadlineMs, undefined, { signal: deadline.signal }).catch(() => undefined),
    ])
    deadline.abort()
    this.#giveUp.abort()
    await all
  }

  async #untilGone(id: string): Promise<void> {
    const {
      removeOnce,
      log,
      firstBackoffMs = FIRST_BACKOFF_MS,
      now = () => performance.now(),
    } = this.#options
    let loggedAtMs = Number.NEGATIVE_INFINITY
    for (let backoffMs = firstBackoffMs; ; backoffMs = Math.min(2 * backoffMs, MAX_BACKOFF_MS)) {
      try {
        await removeOnce(id)
        return
      } catch (cause) {
        if (statusOf(cause) === 404) return
        const error = engineError('remove', `to remove container ${id.slice(0, 12)}`, cause)
        if (this.#giveUp.signal.aborted) throw error
        // The first refusal is the usual race, and the second attempt ends it.
        if (this.#stuck.has(id) && now() - loggedAtMs >= LOG_INTERVAL_MS) {
          log(`${error.message}; trying again until it is gone`)
          loggedAtMs = now()
        }
        this.#stuck.add(id)
      }
      await delay(backoffMs, undefined, { signal: this.#giveUp.signal }).catch(() => {
        throw new SandboxError('remove', `container ${id.slice(0, 12)} is left to the next start`)
      })
    }
  }
}
