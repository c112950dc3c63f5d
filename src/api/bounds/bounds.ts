/** Everything that bounds what clients make the service hold. */
import type { onRequestHookHandler } from 'fastify'
import type { BoundsFigures } from '../../observability/metrics/bounds.js'
import type { Budget } from './budget.js'
import type { Reads } from './reads.js'

export interface Bounds {
  readonly connections: Budget
  readonly bodies: Budget
  readonly answers: Budget
  readonly followers: Budget
  readonly sockets: Budget
  readonly reads: Reads
  /** For every route that reads what is stored. */
  readonly limitReads: onRequestHookHandler
  /** For metrics. */
  figures(): BoundsFigures
}
