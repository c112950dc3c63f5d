import { createReducer } from './reducer.js'
import type { RunRecord } from '../features/history/run-record.js'
import type { Project } from './project.js'
import type { ProjectAction } from './project-slice.js'
import { DEFAULT_SETTINGS, type Settings } from './settings.js'

export type PaneTab = 'terminal' | 'input' | 'tests' | 'findings' | 'result' | 'history'
export type DialogName = 'share' | 'settings'

/** Something that happened, said once; it may offer to undo it. */
export interface Notice {
  readonly id: number
  readonly tone: 'info' | 'warning'
  readonly text: string
  /** Files to go back to. */
  readonly undo: Project | null
}

/** A place in a file that the editor shall show. `request` makes two jumps to one place two events. */
export interface Jump {
  readonly request: number
  readonly path: string
  readonly line: number
  readonly column: number
}

export interface ViewState {
  readonly pane: PaneTab
  /** On a phone only one of them is shown. */
  readonly phoneView: 'code' | 'output'
  readonly filesOpen: boolean
  readonly dialog: DialogName | null
  readonly notices: readonly Notice[]
  readonly jump: Jump | null
  readonly settings: Settings
  readonly history: readonly RunRecord[]
}

export type ViewAction =
  | Extract<ProjectAction, { type: 'project-opened' }>
  | { readonly type: 'pane-shown'; readonly pane: PaneTab }
  | { readonly type: 'phone-view-shown'; readonly view: ViewState['phoneView'] }
  | { readonly type: 'files-toggled'; readonly open: boolean }
  | { readonly type: 'dialog-shown'; readonly dialog: DialogName | null }
  | {
      readonly type: 'notice-shown'
      readonly text: string
      readonly tone?: Notice['tone']
      readonly undo?: Project
    }
  | { readonly type: 'notice-dismissed'; readonly id: number }
  | { readonly type: 'jump-requested'; readonly path: string; readonly line: number; readonly column: number }
  | { readonly type: 'settings-changed'; readonly settings: Partial<Settings> }
  | { readonly type: 'history-changed'; readonly history: readonly RunRecord[] }

export const INITIAL_VIEW: ViewState = {
  pane: 'terminal',
  phoneView: 'code',
  filesOpen: false,
  dialog: null,
  notices: [],
  jump: null,
  settings: DEFAULT_SETTINGS,
  history: [],
}

const MAX_NOTICES = 2

export const reduceView = createReducer<ViewState, ViewAction>({
  // A place in another program means nothing in this one, and its files cannot be brought back here.
  'project-opened': (state) => ({
    ...state,
    jump: null,
    notices: state.notices.filter((notice) => notice.undo === null),
  }),
  'pane-shown': (state, action) => ({ ...state, pane: action.pane, phoneView: 'output' }),
  'phone-view-shown': (state, action) => ({ ...state, phoneView: action.view }),
  'files-toggled': (state, action) => ({ ...state, filesOpen: action.open }),
  'dialog-shown': (state, action) => ({ ...state, dialog: action.dialog }),
  'notice-shown': (state, action) => {
    const { text, tone = 'info', undo = null } = action
    const id = Math.max(0, ...state.notices.map((notice) => notice.id)) + 1
    const notices = [...state.notices.filter((notice) => notice.text !== text), { id, tone, text, undo }]
    return { ...state, notices: notices.slice(-MAX_NOTICES) }
  },
  'notice-dismissed': (state, action) => ({
    ...state,
    notices: state.notices.filter((notice) => notice.id !== action.id),
  }),
  'jump-requested': (state, action) => {
    const { path, line, column } = action
    const request = (state.jump?.request ?? 0) + 1
    return { ...state, phoneView: 'code', jump: { request, path, line, column } }
  },
  'settings-changed': (state, action) => ({ ...state, settings: { ...state.settings, ...action.settings } }),
  'history-changed': (state, action) => ({ ...state, history: action.history }),
})
