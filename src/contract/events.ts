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

export type ExecutionObserver = (event: ExecutionEvent) => void
