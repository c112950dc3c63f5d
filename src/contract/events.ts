import type { ExecutionResult, OutputStream, Stage, StageResult } from './execution.js'

/** What happens while an execution runs, in order. Output chunks are raw bytes, never decoded. */
export type ExecutionEvent =
  | { readonly type: 'queued'; readonly position: number }
  | { readonly type: 'stage-started'; readonly stage: Stage }
  | {
      readonly type: 'output'
      readonly stage: Stage
      readonly stream: OutputStream
      readonly chunk: Uint8Array
    }
  | { readonly type: 'stage-finished'; readonly stage: Stage; readonly result: StageResult }
  | { readonly type: 'finished'; readonly result: ExecutionResult }

/**
 * Follows an execution. A promise it returns for an `output` event keeps the program from writing more until it
 * resolves, so that a slow reader slows the program down instead of filling memory.
 */
export type ExecutionObserver = (event: ExecutionEvent) => void | Promise<void>
