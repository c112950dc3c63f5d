/** Follows a submission's server-sent events; the browser resumes with Last-Event-ID by itself. */
import { executionResult, type ExecutionResult } from './wire.js'

export interface SubmissionHandlers {
  onQueued(position: number): void
  onStage(stage: 'compile' | 'run'): void
  onResult(result: ExecutionResult): void
  /** The connection broke and the browser is making it again. */
  onWaiting(): void
  /** The stream ended for good without a result. */
  onLost(): void
}

/** Returns the function that stops following. */
export function followSubmission(id: string, handlers: SubmissionHandlers): () => void {
  const source = new EventSource(`/api/v1/submissions/${encodeURIComponent(id)}/events`)
  const on = (name: string, handle: (data: Record<string, unknown>) => void) => {
    source.addEventListener(name, (event) => handle(parseData(event)))
  }
  on('queued', (data) => handlers.onQueued(typeof data['position'] === 'number' ? data['position'] : 0))
  on('stage', (data) => handlers.onStage(data['stage'] === 'compile' ? 'compile' : 'run'))
  on('result', (data) => {
    source.close()
    try {
      handlers.onResult(executionResult(data['result'] ?? data, 'event.result'))
    } catch {
      handlers.onLost()
    }
  })
  source.addEventListener('error', () => {
    // While it is CONNECTING the browser is trying again on its own.
    if (source.readyState === EventSource.CLOSED) {
      handlers.onLost()
    } else {
      handlers.onWaiting()
    }
  })
  return () => source.close()
}

function parseData(event: Event): Record<string, unknown> {
  try {
    const data: unknown = JSON.parse(String((event as MessageEvent).data))
    return typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
