import type { Rate } from '../config/values.js'

/** Keys with a window of their own at most, so memory stays below some 10 MB. */
const MAX_KEYS = 50_000
/** Letters of a key that name the window it shares with others where there is no room for one of its own. */
const SHARED_KEY_LETTERS = 2

export interface RateDecision {
  readonly allowed: boolean
  readonly limit: number
  readonly remaining: number
  /** Until the window ends, rounded up. */
  readonly resetSeconds: number
}

interface Window {
  used: number
  readonly endsAtMs: number
}

/**
 * Counts requests per key in fixed windows that begin with a key's first request. All windows are equally long and a
 * Map keeps insertion order, so its first entry always ends first.
 */
export class RateLimiter {
  readonly #rate: Rate
  readonly #now: () => number
  readonly #maxKeys: number
  readonly #windows = new Map<string, Window>()

  constructor(rate: Rate, now: () => number, maxKeys: number = MAX_KEYS) {
    this.#rate = rate
    this.#now = now
    this.#maxKeys = maxKeys
  }

  get size(): number {
    return this.#windows.size
  }

  /** Takes `cost` from a key's window, or nothing when it has not that much left. */
  take(key: string, cost = 1): RateDecision {
    const now = this.#now()
    this.#forgetEnded(now)
    const window = this.#windows.get(key) ?? this.#windowOfNew(key, now)
    const allowed = window.used + cost <= this.#rate.requests
    if (allowed) window.used += cost
    return {
      allowed,
      limit: this.#rate.requests,
      remaining: this.#rate.requests - window.used,
      resetSeconds: Math.max(1, Math.ceil((window.endsAtMs - now) / 1000)),
    }
  }

  /** Who comes when all are taken shares one with some of the others who do; nobody's own is given up for it. */
  #windowOfNew(key: string, now: number): Window {
    if (this.#windows.size < this.#maxKeys) return this.#openWindow(key, now)
    const shared = `shared ${key.slice(0, SHARED_KEY_LETTERS)}`
    return this.#windows.get(shared) ?? this.#openWindow(shared, now)
  }

  #openWindow(key: string, now: number): Window {
    const window = { used: 0, endsAtMs: now + this.#rate.windowMs }
    this.#windows.set(key, window)
    return window
  }

  #forgetEnded(now: number): void {
    for (const [key, window] of this.#windows) {
      if (window.endsAtMs > now) return
      this.#windows.delete(key)
    }
  }
}
