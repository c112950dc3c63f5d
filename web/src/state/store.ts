/** The page's state: five slices, one reducer, one tiny store that components and effects share. */
import { INITIAL_PROJECT, reduceProject, type ProjectAction, type ProjectState } from './project-slice.js'
import { INITIAL_RUN, reduceRun, type RunAction, type RunState } from './run-slice.js'
import { INITIAL_SERVICE, reduceService, type ServiceAction, type ServiceState } from './service-slice.js'
import { INITIAL_TESTS, reduceTests, type TestsAction, type TestsState } from './tests-slice.js'
import { INITIAL_VIEW, reduceView, type ViewAction, type ViewState } from './view-slice.js'

export interface AppState {
  readonly project: ProjectState
  readonly run: RunState
  readonly tests: TestsState
  readonly service: ServiceState
  readonly view: ViewState
}

export type Action = ProjectAction | RunAction | TestsAction | ServiceAction | ViewAction

export interface Store {
  readonly getState: () => AppState
  readonly dispatch: (action: Action) => void
  /** Returns the function that ends the subscription. */
  readonly subscribe: (listener: () => void) => () => void
}

export const INITIAL_STATE: AppState = {
  project: INITIAL_PROJECT,
  run: INITIAL_RUN,
  tests: INITIAL_TESTS,
  service: INITIAL_SERVICE,
  view: INITIAL_VIEW,
}

function reduce(state: AppState, action: Action): AppState {
  const next = {
    project: reduceProject(state.project, action),
    run: reduceRun(state.run, action),
    tests: reduceTests(state.tests, action),
    service: reduceService(state.service, action),
    view: reduceView(state.view, action),
  }
  const keys = Object.keys(next) as (keyof AppState)[]
  return keys.every((key) => next[key] === state[key]) ? state : next
}

export function createStore(initial: AppState = INITIAL_STATE): Store {
  let state = initial
  const listeners = new Set<() => void>()
  return {
    getState: () => state,
    dispatch: (action) => {
      const next = reduce(state, action)
      if (next !== state) {
        state = next
        for (const listener of listeners) {
          listener()
        }
      }
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
