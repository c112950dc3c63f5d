/**
 * Traces, as the rest of the service sees them: a request, its time in the queue, its execution, the stages. Off
 * unless the operator names an exporter; nothing of OpenTelemetry is loaded before.
 */
import type { ExecutionObserver } from '../contract/events.js'
import type { ExecutionRequest, ExecutionResult, TraceLink } from '../contract/execution.js'

/** A request whose headers have come. */
export interface TracedRequest {
  readonly method: string
  readonly route: string
  /** The client's own span, from its `traceparent` header. */
  readonly traceParent?: string
}

export interface RequestTrace {
  /** Does the request's work: what it submits belongs to its trace. */
  within<T>(work: () => T): T
  end(statusCode: number): void
}

interface RunContext {
  readonly emit: ExecutionObserver
}

export interface Tracing {
  request(request: TracedRequest): RequestTrace
  /** For an execution that is submitted now, by whatever request is being worked on. */
  link(): TraceLink
  /** Runs an execution inside its span, with a span for its time in the queue and one for each stage. */
  execution<Context extends RunContext>(
    request: ExecutionRequest,
    context: Context,
    run: (context: Context) => Promise<ExecutionResult>,
  ): Promise<ExecutionResult>
  /** Sends what has not been sent yet. */
  stop(): Promise<void>
}

export interface TracingSettings {
  readonly exporter: 'otlp' | 'console'
  readonly version: string
  readonly role: string
}

/** What a queue has that traces need. */
interface Submitting {
  submit(request: ExecutionRequest, ...rest: never[]): Promise<ExecutionResult>
}

/** A queue whose executions carry their place in the trace. The rest of it is unchanged. */
export function traceQueue<Queue extends Submitting>(queue: Queue, tracing: Tracing | undefined): Queue {
  if (tracing === undefined) return queue
  const submit = queue.submit.bind(queue) as (request: ExecutionRequest, ...rest: unknown[]) => unknown
  return new Proxy(queue, {
    get(target, name) {
      if (name === 'submit') {
        return (request: ExecutionRequest, ...rest: unknown[]) =>
          submit({ ...request, trace: request.trace ?? tracing.link() }, ...rest)
      }
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
}
