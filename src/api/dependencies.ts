import type { FastifyBaseLogger, FastifyInstance, FastifyTypeProvider, RawServerDefault } from 'fastify'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { z } from 'zod'
import type { Config } from '../config/variables.js'
import type { ImageStore } from '../images/image-store.js'
import type { LanguageRegistry } from '../languages/registry.js'
import type { HttpObserver } from '../observability/http-observation.js'
import type { MetricsExposition } from '../observability/metrics/metrics.js'
import type { JobQueue } from '../queue/job-queue.js'

/** One thing the service needs, and whether it has it. `detail` is shown to everyone: no paths, no addresses. */
export interface ReadinessCheck {
  readonly name: string
  readonly ok: boolean
  readonly detail: string
}

/** Everything the api works with; it makes nothing of this itself. */
export interface ApiDependencies {
  readonly queue: Pick<JobQueue, 'submit'>
  readonly languages: LanguageRegistry
  readonly images: ImageStore
  readonly logger: FastifyBaseLogger
  readonly readiness: () => Promise<readonly ReadinessCheck[]>
  /** Milliseconds since 1970. */
  readonly clock: () => number
  /** Served at /metrics; without it there is no such page. */
  readonly metrics?: MetricsExposition
  readonly onHttpRequest?: HttpObserver
  /** Folder of the built web page; a plain page greets visitors while there is none. */
  readonly webRoot?: string
}

/** What routes work with. */
export interface ApiContext extends ApiDependencies {
  readonly config: Config
  readonly lifecycle: Lifecycle
}

/** Once draining, the service finishes what it has and takes nothing new. */
export interface Lifecycle {
  draining: boolean
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
    /** Id of the execution this request is about, for the log; empty where there is none. */
    jobId: string
  }
}
