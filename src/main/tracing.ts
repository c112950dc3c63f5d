import type { Config } from '../config/variables.js'
import type { Tracing } from '../observability/tracing.js'
import type { WorkerOptions } from '../worker/worker.js'
import { packageVersion } from './places.js'

/** Traces where the settings name somewhere for them to go; undefined where they do not. */
export async function createTracing({ tracing, role }: Config): Promise<Tracing | undefined> {
  const { disabled, endpoint, tracesEndpoint } = tracing
  const named = endpoint ?? tracesEndpoint
  const exporter = tracing.exporter ?? (named === undefined ? 'none' : 'otlp')
  if (disabled === 'true' || exporter === 'none') return undefined
  const opentelemetry = await import('../observability/tracing/opentelemetry.js')
  return opentelemetry.createTracing({ exporter, version: packageVersion(), role })
}

type Work = Pick<WorkerOptions, 'execute' | 'runtimeVersion'>

/** Executions that show in the trace of the request they came with. */
export function traceWork(work: Work, tracing: Tracing | undefined): Work {
  if (tracing === undefined) return work
  return {
    ...work,
    execute: (request, context) =>
      tracing.execution(request, context, (traced) => work.execute(request, traced)),
  }
}
