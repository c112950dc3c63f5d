/** Delivers callbacks: takes what is due from the store, sends it signed, and comes back when it failed. */
import type { ExecutionStore } from '../store/execution-store.js'
import type { DueCallback, SubmissionRecord } from '../store/records.js'
import { formatId } from '../submissions/submission-id.js'
import { createAddressGuard } from './address-guard.js'
import { Deliveries } from './deliveries.js'
import type { Resolver } from './guarded-post.js'
import { addressOf, CallbackError, guardedPost, parseCallbackUrl, systemResolver } from './guarded-post.js'
import { newSecret, signedHeaders } from './signature.js'

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
/** Waits after each failed attempt; when they are used up it is given up. */
const RETRY_AFTER_MS = [
  5 * SECOND_MS,
  30 * SECOND_MS,
  2 * MINUTE_MS,
  10 * MINUTE_MS,
  60 * MINUTE_MS,
  180 * MINUTE_MS,
]
/** Whoever has not settled a delivery by then has died. */
const CLAIM_MS = 5 * MINUTE_MS
const AT_ONCE = 64
const AT_ONCE_PER_HOST = 8
/** More than a client may submit in one window of the default rate, so that others' are claimed beside its own. */
const MAX_CLAIMED = 256
/** A claimed callback that has waited for so long is left alone: its claim is about to run out, and it is due again. */
const CLAIM_RESERVE_MS = MINUTE_MS
const POLL_MS = 2 * SECOND_MS
/** A name server that does not answer must not keep a submission from being accepted. */
const RESOLVE_TIMEOUT_MS = 2 * SECOND_MS
const SECRET_SETTING = 'webhook-secret'

export interface WebhooksOptions {
  readonly store: ExecutionStore
  /** The record as clients see it. */
  readonly render: (id: string, record: SubmissionRecord) => unknown
  /** Milliseconds since 1970. */
  readonly clock: () => number
  /** Made and kept in the store when absent. */
  readonly secret?: string | undefined
  /** Networks that may be sent to although they are private. */
  readonly allowedNetworks: readonly string[]
  readonly resolve?: Resolver
  readonly onFault?: (fault: { readonly jobId?: string; readonly error: unknown }) => void
}

export interface Webhooks {
  /** Why an address would be refused; undefined when it would not. */
  callbackProblem(url: string): Promise<string | undefined>
  /** Begins to deliver, and looks for what is due every few seconds. */
  start(): void
  /** Something is due now. */
  nudge(): void
  /** Delivers everything that is due; resolves when each has been tried once. */
  deliverDue(): Promise<void>
  /** Begins no more deliveries; resolves when none is under way. */
  stop(): Promise<void>
}

export function createWebhooks(options: WebhooksOptions): Webhooks {
  const { store, render, clock, resolve = systemResolver, onFault } = options
  const guard = createAddressGuard(options.allowedNetworks)
  let timer: NodeJS.Timeout | undefined
  let isStopped = false
  let secret: Promise<string> | undefined

  const signingSecret = (): Promise<string> => {
    secret ??=
      options.secret === undefined
        ? store.settingOr(SECRET_SETTING, newSecret())
        : Promise.resolve(options.secret)
    secret.catch(() => {
      secret = undefined
    })
    return secret
  }

  const send = async ({ jobId, url }: DueCallback): Promise<void> => {
    const record = await store.getSubmission(jobId)
    if (record === undefined) return
    const id = formatId(record)
    const body = JSON.stringify(render(id, record))
    const signed = signedHeaders(await signingSecret(), id, Math.floor(clock() / SECOND_MS), body)
    const headers = { ...signed, 'content-type': 'application/json', 'user-agent': 'codeexec' }
    await guardedPost({ url, headers, body, guard, resolve })
  }

  const deliver = async (due: DueCallback): Promise<void> => {
    const { jobId, attempts } = due
    try {
      await send(due)
      await store.settleCallback(jobId, 'delivered', null)
    } catch (error) {
      // The store's own failures settle nothing: the claim runs out, and it is due again.
      if (!(error instanceof CallbackError)) throw error
      const retryAfterMs = error.isFinal ? undefined : RETRY_AFTER_MS[attempts - 1]
      if (retryAfterMs === undefined) await store.settleCallback(jobId, 'failed', null)
      else await store.settleCallback(jobId, 'waiting', clock() + retryAfterMs)
    }
  }

  /** When the claims of what waits here run out. */
  const claimedUntil = new Map<string, number>()
  const deliveries = new Deliveries({
    atOnce: AT_ONCE,
    atOncePerHost: AT_ONCE_PER_HOST,
    maxClaimed: MAX_CLAIMED,
    claim: async (limit) => {
      const nowMs = clock()
      const due = await store.claimCallbacks(nowMs, nowMs + CLAIM_MS, limit)
      for (const { jobId } of due) claimedUntil.set(jobId, nowMs + CLAIM_MS)
      return due
    },
    deliver: async (callback) => {
      const { jobId } = callback
      const untilMs = claimedUntil.get(jobId) ?? 0
      claimedUntil.delete(jobId)
      if (clock() > untilMs - CLAIM_RESERVE_MS) return
      await deliver(callback).catch((error: unknown) => onFault?.({ jobId, error }))
    },
  })

  const schedule = (delayMs: number): void => {
    if (isStopped || timer === undefined) return
    clearTimeout(timer)
    timer = setTimeout(work, delayMs)
  }

  function work(): void {
    deliveries
      .begin()
      .catch((error: unknown) => onFault?.({ error }))
      .finally(() => schedule(POLL_MS))
  }

  return {
    async callbackProblem(text) {
      try {
        const url = parseCallbackUrl(text)
        await addressOf(url, guard, (hostname) => withinTime(resolve(hostname)))
        return undefined
      } catch (error) {
        if (!(error instanceof CallbackError)) throw error
        // A name that cannot be resolved now may be by then; each delivery checks again.
        return error.isFinal ? error.message : undefined
      }
    },
    start() {
      timer = setTimeout(work, 0)
    },
    nudge() {
      if (timer !== undefined && !isStopped) work()
    },
    async deliverDue() {
      await deliveries.begin()
      await deliveries.settled()
    },
    async stop() {
      isStopped = true
      clearTimeout(timer)
      await deliveries.stop()
    },
  }
}

async function withinTime(resolution: Promise<readonly string[]>): Promise<readonly string[]> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the name server did not answer in time')), RESOLVE_TIMEOUT_MS)
  })
  try {
    return await Promise.race([resolution, late])
  } finally {
    clearTimeout(timer)
  }
}
