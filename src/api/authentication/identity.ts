import type { Rate } from '../../config/values.js'

/** Who a request is from, where it said so and it is true. */
export interface Identity {
  /** Stands for the caller in limits and in the queue's turns; two ways of authentication never share one. */
  readonly id: string
  /** Name of the API key, for the log; absent where the name would tell of a person. */
  readonly keyName?: string
  /** Limit of its own; null for none, absent for that of everyone. */
  readonly rate?: Rate | null
}

/** Says who presents a credential; throws UNAUTHORIZED where nobody is known by it. */
export type Verifier = (credential: string) => Promise<Identity>

/** How a service learns who asks. */
export interface Authentication {
  /** `optional` lets anonymous requests through, under the limit of everyone. */
  readonly mode: 'optional' | 'required'
  readonly apiKeys?: Verifier
  readonly tokens?: Verifier
}
