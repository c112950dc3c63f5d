/** The traces themselves; loaded only where the operator wants them. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import type { Context, Span, Tracer } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources'
import { BasicTracerProvider, BatchSpanProcessor, ConsoleSpanExporter } from '@opentelemetry/sdk-trace-base'
import type { SpanProcessor } from '@opentelemetry/sdk-trace-base'
import type { ExecutionEvent } from '../../contract/events.js'
import type { ExecutionRequest, ExecutionResult, StageResult } from '../../contract/execution.js'
import type { Tracing, TracingSettings } from '../tracing.js'

/** Version, trace, span and flags of W3C Trace Context. */
const TRACE_PARENT = /^00-(?<traceId>[0-9a-f]{32})-(?<spanId>[0-9a-f]{16})-(?<flags>[0-9a-f]{2})$/
const SERVER_ERROR = 500

/** @param processor where spans go, in tests; else what the settings name. */
export function createTracing(settings: TracingSettings, processor?: SpanProcessor): Tracing {
  const { version, role } = settings
  const own = resourceFromAttributes({
    'service.name': 'codeexec',
    'service.version': version,
    'codeexec.role': role,
  })
  const provider = new BasicTracerProvider({
    // The operator's own names win.
    resource: own.merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [processor ?? new BatchSpanProcessor(exporterFor(settings))],
  })
  const tracer = provider.getTracer('codeexec', version)
  const current = new AsyncLocalStorage<Span>()
  return {
    request({ method, route, traceParent }) {
      const attributes = { 'http.request.method': method, 'http.route': route }
      const span = tracer.startSpan(
        `${method} ${route}`,
        { kind: SpanKind.SERVER, attributes },
        contextOf(traceParent),
      )
      return {
        within: (work) => current.run(span, work),
        end(statusCode) {
          span.setAttribute('http.response.status_code', statusCode)
          if (statusCode >= SERVER_ERROR) span.setStatus({ code: SpanStatusCode.ERROR })
          span.end()
        },
      }
    },
    link() {
      const span = current.getStore()
      return { submittedAtMs: Date.now(), ...(span !== undefined && { parent: traceParentOf(span) }) }
    },
    execution: (request, context, run) => {
      const parent = contextOf(request.trace?.parent)
      recordWaiting(tracer, request, parent)
      const execution = new ExecutionTrace(tracer, request, parent)
      const emit = (event: ExecutionEvent): void | Promise<void> => {
        execution.hear(event)
        return context.emit(event)
      }
      return run({ ...context, emit }).then(
        (result) => {
          execution.end(result)
          return result
        },
        (error: unknown) => {
          execution.fail()
          throw error
        },
      )
    },
    stop: () => provider.shutdown(),
  }
}

function exporterFor({ exporter }: TracingSettings): ConsoleSpanExporter | OTLPTraceExporter {
  return exporter === 'console' ? new ConsoleSpanExporter() : new OTLPTraceExporter()
}

function contextOf(traceParent: string | undefined): Context {
  const { traceId, spanId, flags } = TRACE_PARENT.exec(traceParent ?? '')?.groups ?? {}
  if (traceId === undefined || spanId === undefined || flags === undefined) return ROOT_CONTEXT
  const traceFlags = Number.parseInt(flags, 16)
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true })
}

function traceParentOf(span: Span): string {
  const { traceId, spanId, traceFlags } = span.spanContext()
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`
}

function recordWaiting(tracer: Tracer, { jobId, trace: link }: ExecutionRequest, parent: Context): void {
  if (link === undefined) return
  const attributes = { 'codeexec.job_id': jobId }
  tracer.startSpan('queue', { startTime: link.submittedAtMs, attributes }, parent).end()
}

/** One execution: ids, language, figures and verdict; never anything of its program. */
class ExecutionTrace {
  readonly #tracer: Tracer
  readonly #span: Span
  readonly #context: Context
  #stage: Span | undefined

  constructor(tracer: Tracer, { jobId, language }: ExecutionRequest, parent: Context) {
    this.#tracer = tracer
    const attributes = { 'codeexec.job_id': jobId, 'codeexec.language': language }
    this.#span = tracer.startSpan('execution', { kind: SpanKind.CONSUMER, attributes }, parent)
    this.#context = trace.setSpan(parent, this.#span)
  }

  hear(event: ExecutionEvent): void {
    if (event.type === 'stage-started') this.#stage = this.#tracer.startSpan(event.stage, {}, this.#context)
    if (event.type === 'stage-finished') {
      this.#stage?.setAttributes(figuresOf(event.result)).end()
      this.#stage = undefined
    }
  }

  end({ status }: ExecutionResult): void {
    this.#span.setAttribute('codeexec.verdict', status)
    if (status === 'internal_error') this.#span.setStatus({ code: SpanStatusCode.ERROR })
    this.#finish()
  }

  fail(): void {
    this.#span.setStatus({ code: SpanStatusCode.ERROR })
    this.#finish()
  }

  #finish(): void {
    this.#stage?.end()
    this.#span.end()
  }
}

function figuresOf({ exitCode, signal, stopReason, usage }: StageResult): Record<string, string | number> {
  return {
    'codeexec.cpu_time_ms': usage.cpuTimeMs,
    'codeexec.wall_time_ms': usage.wallTimeMs,
    'codeexec.memory_bytes': usage.memoryBytes,
    ...(exitCode !== null && { 'codeexec.exit_code': exitCode }),
    ...(signal !== null && { 'codeexec.signal': signal }),
    ...(stopReason !== null && { 'codeexec.stop_reason': stopReason }),
  }
}
