import { answersAnotherRequest, createReducer } from './reducer.js'
import type { Problem } from '../api/problem.js'
import type { Checker, TestResult } from '../api/wire.js'

export interface TestCase {
  readonly id: string
  readonly name: string
  readonly stdin: string
  readonly expectedOutput: string
}

export interface TestsState {
  readonly cases: readonly TestCase[]
  readonly checker: Checker
  readonly stopOnFailure: boolean
  readonly phase: 'idle' | 'queued' | 'compile' | 'run'
  readonly sequence: number
  /** By the case's id; a changed case loses its result. */
  readonly results: Readonly<Record<string, TestResult>>
  /** The compiler's words when nothing could be run. */
  readonly compileError: string
  readonly problem: Problem | null
}

export type TestsAction =
  | { readonly type: 'tests-loaded'; readonly cases: readonly TestCase[]; readonly checker: Checker }
  | { readonly type: 'test-added'; readonly test: TestCase }
  | { readonly type: 'test-changed'; readonly id: string; readonly change: Partial<Omit<TestCase, 'id'>> }
  | { readonly type: 'test-removed'; readonly id: string }
  | { readonly type: 'tests-options'; readonly checker?: Checker; readonly stopOnFailure?: boolean }
  | { readonly type: 'tests-started'; readonly sequence: number }
  | {
      readonly type: 'tests-stage'
      readonly sequence: number
      readonly stage: 'queued' | 'compile' | 'run'
    }
  | {
      readonly type: 'tests-progress'
      readonly sequence: number
      readonly results: Readonly<Record<string, TestResult>>
    }
  | {
      readonly type: 'tests-finished'
      readonly sequence: number
      readonly results: Readonly<Record<string, TestResult>>
      readonly compileError: string
    }
  | { readonly type: 'tests-failed'; readonly sequence: number; readonly problem: Problem | null }

export const INITIAL_TESTS: TestsState = {
  cases: [],
  checker: 'trimmed',
  stopOnFailure: false,
  phase: 'idle',
  sequence: 0,
  results: {},
  compileError: '',
  problem: null,
}

export const reduceTests = createReducer<TestsState, TestsAction>(
  {
    'tests-loaded': (state, action) => ({
      ...INITIAL_TESTS,
      cases: action.cases,
      checker: action.checker,
      sequence: state.sequence + 1,
    }),
    'test-added': (state, action) => ({ ...state, cases: [...state.cases, action.test] }),
    'test-changed': (state, action) => {
      const cases = state.cases.map((test) => (test.id === action.id ? { ...test, ...action.change } : test))
      return { ...state, cases, results: without(state.results, action.id) }
    },
    'test-removed': (state, action) => {
      const cases = state.cases.filter((test) => test.id !== action.id)
      return { ...state, cases, results: without(state.results, action.id) }
    },
    'tests-options': (state, action) => {
      const { checker = state.checker, stopOnFailure = state.stopOnFailure } = action
      return { ...state, checker, stopOnFailure }
    },
    'tests-started': (state, action) => {
      return {
        ...state,
        phase: 'queued',
        sequence: action.sequence,
        results: {},
        compileError: '',
        problem: null,
      }
    },
    'tests-stage': (state, action) => ({ ...state, phase: action.stage }),
    'tests-progress': (state, action) => ({ ...state, phase: 'run', results: action.results }),
    'tests-finished': (state, action) => ({
      ...state,
      phase: 'idle',
      results: action.results,
      compileError: action.compileError,
    }),
    'tests-failed': (state, action) => ({ ...state, phase: 'idle', problem: action.problem }),
  },
  answersAnotherRequest,
)

function without(
  results: Readonly<Record<string, TestResult>>,
  id: string,
): Readonly<Record<string, TestResult>> {
  return Object.fromEntries(Object.entries(results).filter(([key]) => key !== id))
}
