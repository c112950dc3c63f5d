import { answersAnotherRequest, createReducer } from './reducer.js'
import type { Problem, ProblemKind } from '../api/problem.js'
import type { AnalysisFinding, ExecutionResult } from '../api/wire.js'
import type { Diagnostic } from '../features/findings/diagnostic.js'
import type { ProjectAction } from './project-slice.js'

export type RunPhase = 'idle' | 'starting' | 'queued' | 'compile' | 'run' | 'finished' | 'failed'

export interface RunState {
  readonly phase: RunPhase
  /** Counts runs, so that a late answer of an earlier one is dropped. */
  readonly sequence: number
  /** `terminal`: the program reads what is typed; `text`: it reads the input pane. */
  readonly inputMode: 'terminal' | 'text'
  readonly queuePosition: number
  readonly startedAt: number
  readonly result: ExecutionResult | null
  /** The person pressed Stop, whatever the verdict says. */
  readonly stopped: boolean
  /** Shown until it is dismissed. */
  readonly problem: Problem | null
  /** Why the last run has no result, for as long as it is the last. */
  readonly failure: ProblemKind | null
  /** What compilers and run times said about lines of the files, in the last run. */
  readonly diagnostics: readonly Diagnostic[]
  readonly analysis: {
    readonly phase: 'idle' | 'checking' | 'done' | 'failed'
    readonly findings: readonly AnalysisFinding[]
  }
}

export type RunAction =
  | Extract<ProjectAction, { type: 'project-opened' }>
  | { readonly type: 'run-started'; readonly sequence: number; readonly inputMode: 'terminal' | 'text' }
  | { readonly type: 'run-queued'; readonly sequence: number; readonly position: number }
  | { readonly type: 'run-stage'; readonly sequence: number; readonly stage: 'compile' | 'run' }
  | { readonly type: 'run-stopping'; readonly sequence: number }
  | {
      readonly type: 'run-finished'
      readonly sequence: number
      readonly result: ExecutionResult | null
      readonly diagnostics: readonly Diagnostic[]
    }
  | { readonly type: 'run-failed'; readonly sequence: number; readonly problem: Problem }
  | { readonly type: 'problem-dismissed' }
  | { readonly type: 'diagnostics-found'; readonly diagnostics: readonly Diagnostic[] }
  | { readonly type: 'analysis-started' }
  | { readonly type: 'analysis-done'; readonly findings: readonly AnalysisFinding[] }
  | { readonly type: 'analysis-failed' }

export const INITIAL_RUN: RunState = {
  phase: 'idle',
  sequence: 0,
  inputMode: 'terminal',
  queuePosition: 0,
  startedAt: 0,
  result: null,
  stopped: false,
  problem: null,
  failure: null,
  diagnostics: [],
  analysis: { phase: 'idle', findings: [] },
}

export function isRunning(phase: RunPhase): boolean {
  return phase === 'starting' || phase === 'queued' || phase === 'compile' || phase === 'run'
}

export const reduceRun = createReducer<RunState, RunAction>(
  {
    'project-opened': (state) => ({ ...INITIAL_RUN, sequence: state.sequence + 1 }),
    'run-started': (state, action) => {
      return {
        ...INITIAL_RUN,
        analysis: state.analysis,
        phase: 'starting',
        sequence: action.sequence,
        inputMode: action.inputMode,
        startedAt: Date.now(),
      }
    },
    'run-queued': (state, action) => ({ ...state, phase: 'queued', queuePosition: action.position }),
    'run-stage': (state, action) => ({ ...state, phase: action.stage, startedAt: Date.now() }),
    'run-stopping': (state) => ({ ...state, stopped: true }),
    'run-finished': (state, action) => ({
      ...state,
      phase: 'finished',
      result: action.result,
      diagnostics: action.diagnostics,
    }),
    'run-failed': (state, action) => ({
      ...state,
      phase: 'failed',
      problem: action.problem,
      failure: action.problem.kind,
    }),
    'diagnostics-found': (state, action) => ({ ...state, diagnostics: action.diagnostics }),
    'problem-dismissed': (state) => ({ ...state, problem: null }),
    'analysis-started': (state) => ({ ...state, analysis: { ...state.analysis, phase: 'checking' } }),
    'analysis-done': (state, action) => ({
      ...state,
      analysis: { phase: 'done', findings: action.findings },
    }),
    'analysis-failed': (state) => ({ ...state, analysis: { phase: 'failed', findings: [] } }),
  },
  answersAnotherRequest,
)
