import type { Rate } from '../config/values.js'
import type { ClientKeys } from './client-key.js'
import { RateLimiter } from './rate-limiter.js'
import type { RateDecision } from './rate-limiter.js'

/** A site has 65,536 networks, and is given as much as so many clients. */
const CLIENTS_PER_SITE = 8

const monotonic = (): number => performance.now()

/** One rate of every client, and of the site that many IPv6 networks belong to. */
export class ClientRates {
  readonly #networks: RateLimiter
  readonly #sites: RateLimiter

  constructor(rate: Rate) {
    this.#networks = new RateLimiter(rate, monotonic)
    this.#sites = new RateLimiter({ ...rate, requests: rate.requests * CLIENTS_PER_SITE }, monotonic)
  }

  take({ network, site }: ClientKeys, cost = 1): RateDecision {
    if (site === undefined) return this.#networks.take(network, cost)
    // A site that has used up its own opens no more windows of networks; what a network is refused is not the site's.
    const ofSite = this.#sites.take(site, 0)
    if (ofSite.remaining < cost) return { ...ofSite, allowed: false }
    const ofNetwork = this.#networks.take(network, cost)
    if (ofNetwork.allowed) this.#sites.take(site, cost)
    return ofNetwork
  }
}
