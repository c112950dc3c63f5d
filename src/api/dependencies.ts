import type { FastifyBaseLogger, FastifyInstance, FastifyTypeProvider, RawServerDefault } from 'fastify'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { z } from 'zod'
import type { Analyzer } from '../analysis/analyzer.js'
import type { Config } from '../config/variables.js'
import type { ErrorCode } from '../contract/errors.js'
import type { ImageStore } from '../images/image-store.js'
import type { LanguageRegistry } from '../languages/registry.js'
import type { HttpObserver } from '../observability/http-observation.js'
import type { MetricsExposition } from '../observability/metrics/metrics.js'
import type { RequestTrace, Tracing } from '../observability/tracing.js'
import type { JobQueue } from '../queue/job-queue.js'
import type { ExecutionStore } from '../store/execution-store.js'
import type { EventStream } from '../submissions/event-stream.js'
import type { Submissions } from '../submissions/submissions.js'
import type { Bounds } from './bounds/bounds.js'
import type { Authentication, Identity } from './authentication/identity.js'

/** One thing the service needs, and whether it has it. `detail` is shown to everyone: no paths, no addresses. */
export interface ReadinessCheck {
  readonly name: string
  readonly ok: boolean
  readonly detail: string
}

/** Everything the api works with; it makes nothing of this itself. */
export interface ApiDependencies {
  readonly queue: Pick<JobQueue, 'submit' | 'refusal'>
  /** Takes programs that clients talk to; the queue of all others unless given. */
  readonly sessions?: Pick<JobQueue, 'submit'>
  readonly languages: LanguageRegistry
  readonly images: ImageStore
  readonly logger: FastifyBaseLogger
  readonly readiness: () => Promise<readonly ReadinessCheck[]>
  /** Milliseconds since 1970. */
  readonly clock: () => number
  /** Finds out what programs are about to do; without it nobody is told. */
  readonly analyzer?: Analyzer
  /** Keeps what outlives a request; without it there are no submissions, shares or saved executions. */
  readonly records?: Records
  /** Served at /metrics; without it there is no such page. */
  readonly metrics?: MetricsExposition
  readonly onHttpRequest?: HttpObserver
  /** Given what is held for clients, once, for metrics. */
  readonly onBounds?: (bounds: Bounds) => void
  /** Follows requests through the service; nobody does without it. */
  readonly tracing?: Tracing
  /** Who may ask; without it everybody may, anonymously. */
  readonly authentication?: Authentication
  /** Folder of the built web page; a plain page greets visitors while there is none. */
  readonly webRoot?: string
}

/** What keeps things beyond a request, and what follows them. */
export interface Records {
  readonly store: ExecutionStore
  readonly submissions: Submissions
  readonly events: EventStream
  /** Why a callback address is refused; undefined when it is not. */
  readonly callbackProblem: (url: string) => Promise<string | undefined>
}

/** What routes work with. */
export interface ApiContext extends ApiDependencies {
  readonly config: Config
  readonly lifecycle: Lifecycle
  readonly bounds: Bounds
}

/** Once draining, the service finishes what it has and takes nothing new. */
export interface Lifecycle {
  readonly draining: boolean
  /** Aborted when draining begins: for what only waits. */
  readonly stopping: AbortSignal
}

/** Gives handlers the types of what their route's schemas let through. */
export interface ZodTypeProvider extends FastifyTypeProvider {
  readonly validator: this['schema'] extends z.ZodType ? z.output<this['schema']> : unknown
  readonly serializer: this['schema'] extends z.ZodType ? z.input<this['schema']> : unknown
}

export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>

declare module 'fastify' {
  interface FastifyInstance {
    /** From now on executions are refused with SHUTTING_DOWN and readiness says no. */
    startDraining(): void
  }
  interface FastifyRequest {
    /** Stands for the client's network; set where executions are limited. Never logged or stored. */
    clientKey: string
    /** Who asks, where the operator wants to know and the request says so. */
    identity: Identity | undefined
    /** Its span, where traces are wanted. */
    requestTrace: RequestTrace | undefined
    /** Takes this many further executions off the client's rate, or throws RATE_LIMITED. */
    chargeExecutions: (count: number) => void
    /** What it is answered with. */
    response: ServerResponse | undefined
    /** Its answer is counted among those that are not read yet. */
    answerIsCounted: boolean
    /** Why it was refused, for metrics; empty where it was not. */
    refusedWith: ErrorCode | ''
    /** Id of the execution this request is about, for the log; empty where there is none. */
    jobId: string
  }
}
