import { createReducer } from './reducer.js'
import {
  isWithin,
  movedPath,
  putFiles,
  removePath,
  renamePath,
  writeText,
  type Project,
  type ProjectFile,
} from './project.js'

/** What the program is given besides its files, as the person typed it. */
export interface ProgramInput {
  readonly stdin: string
  /** Arguments as one line; quotes group words. */
  readonly args: string
  /** Seconds and mebibytes as typed; empty means the server's default. */
  readonly wallTimeSeconds: string
  readonly cpuTimeSeconds: string
  readonly memoryMb: string
}

export const EMPTY_INPUT: ProgramInput = {
  stdin: '',
  args: '',
  wallTimeSeconds: '',
  cpuTimeSeconds: '',
  memoryMb: '',
}

export interface ProjectState {
  /** Language id; empty until the languages are known. */
  readonly language: string
  readonly project: Project
  readonly input: ProgramInput
  readonly openPaths: readonly string[]
  readonly activePath: string
  /** Counts programs put on the page; editors start afresh with each, so that undo never reaches another one. */
  readonly program: number
  /** Counts changes by something else than typing, after which editors look at the files again. */
  readonly generation: number
}

export interface OpenedProject {
  readonly language: string
  readonly project: Project
  readonly input: ProgramInput
}

export type ProjectAction =
  | ({ readonly type: 'project-opened' } & OpenedProject)
  | { readonly type: 'project-replaced'; readonly project: Project }
  | { readonly type: 'file-typed'; readonly path: string; readonly content: string }
  | { readonly type: 'file-opened'; readonly path: string }
  | { readonly type: 'file-closed'; readonly path: string }
  | { readonly type: 'files-put'; readonly files: readonly ProjectFile[] }
  | { readonly type: 'path-renamed'; readonly from: string; readonly to: string }
  | { readonly type: 'path-removed'; readonly path: string }
  | { readonly type: 'entry-chosen'; readonly path: string }
  | { readonly type: 'input-changed'; readonly input: Partial<ProgramInput> }

export const INITIAL_PROJECT: ProjectState = {
  language: '',
  project: { files: [{ path: 'main', content: '', encoding: 'utf8' }], entry: 'main' },
  input: EMPTY_INPUT,
  openPaths: ['main'],
  activePath: 'main',
  program: 0,
  generation: 0,
}

export const reduceProject = createReducer<ProjectState, ProjectAction>({
  'project-opened': (state, action) => {
    const { language, project, input } = action
    return {
      language,
      project,
      input,
      openPaths: [project.entry],
      activePath: project.entry,
      program: state.program + 1,
      generation: state.generation + 1,
    }
  },
  'project-replaced': (state, action) => withFiles(state, action.project),
  'file-typed': (state, action) => ({
    ...state,
    project: writeText(state.project, action.path, action.content),
  }),
  'file-opened': (state, action) => {
    const openPaths = state.openPaths.includes(action.path)
      ? state.openPaths
      : [...state.openPaths, action.path]
    return { ...state, openPaths, activePath: action.path }
  },
  'file-closed': (state, action) => closeFile(state, action.path),
  'files-put': (state, action) => withFiles(state, putFiles(state.project, action.files)),
  'path-renamed': (state, action) => {
    const moved = (path: string) => movedPath(path, action.from, action.to)
    return {
      ...withFiles(state, renamePath(state.project, action.from, action.to)),
      openPaths: state.openPaths.map(moved),
      activePath: moved(state.activePath),
    }
  },
  'path-removed': (state, action) => removeFiles(state, action.path),
  'entry-chosen': (state, action) => ({ ...state, project: { ...state.project, entry: action.path } }),
  'input-changed': (state, action) => ({ ...state, input: { ...state.input, ...action.input } }),
})

/** Another set of files; tabs of files that are gone close. */
function withFiles(state: ProjectState, project: Project): ProjectState {
  const exists = (path: string) => project.files.some((file) => file.path === path)
  const openPaths = state.openPaths.filter(exists)
  const activePath = exists(state.activePath) ? state.activePath : (openPaths.at(-1) ?? project.entry)
  return {
    ...state,
    project,
    openPaths: openPaths.includes(activePath) ? openPaths : [...openPaths, activePath],
    activePath,
    generation: state.generation + 1,
  }
}

function closeFile(state: ProjectState, path: string): ProjectState {
  const index = state.openPaths.indexOf(path)
  if (index === -1 || state.openPaths.length === 1) {
    return state
  }
  const openPaths = state.openPaths.filter((open) => open !== path)
  const neighbour = openPaths[Math.min(index, openPaths.length - 1)]
  return {
    ...state,
    openPaths,
    activePath: state.activePath === path ? (neighbour ?? state.project.entry) : state.activePath,
  }
}

function removeFiles(state: ProjectState, path: string): ProjectState {
  const project = removePath(state.project, path)
  if (project === state.project) {
    return state
  }
  let closed = state
  for (const open of state.openPaths.filter((candidate) => isWithin(candidate, path))) {
    closed = closeFile(closed, open)
  }
  return withFiles(closed, project)
}
