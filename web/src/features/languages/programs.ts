/** Puts another program on the page (a language's, a sample, one of the history, a shared one) and loses none. */
import type { Language, Sample, Shared } from '../../api/wire.js'
import { browserStorage, loadDrafts, saveDrafts, type Draft, type Drafts } from '../../state/drafts.js'
import { sameProject, textFile, type Project } from '../../state/project.js'
import { EMPTY_INPUT, type ProgramInput } from '../../state/project-slice.js'
import type { Store } from '../../state/store.js'
import type { TestCase } from '../../state/tests-slice.js'
import { formatArgs } from '../input/parse-args.js'
import { findLanguage } from '../run/execute-body.js'

export interface Programs {
  /** Shows the draft of this browser, if there is one. */
  openDraft(): boolean
  openLanguage(id: string): void
  openSample(): void
  open(language: string, draft: Draft): void
  /** True when what is on the page is worth keeping: something was typed that is no sample. */
  isOwnWork(): boolean
  save(): void
}

const SAVE_DELAY_MS = 400

export function createPrograms(store: Store, stopRun: () => void): Programs {
  const storage = browserStorage()
  let drafts: Drafts = loadDrafts(storage)
  let timer: ReturnType<typeof setTimeout> | undefined
  let warned = false

  function save(): void {
    clearTimeout(timer)
    const { project, tests } = store.getState()
    if (project.language === '') {
      return
    }
    const draft: Draft = {
      project: project.project,
      input: project.input,
      tests: { cases: tests.cases, checker: tests.checker },
    }
    drafts = {
      language: project.language,
      byLanguage: { ...drafts.byLanguage, [project.language]: draft },
    }
    if (!saveDrafts(storage, drafts) && !warned) {
      warned = true
      store.dispatch({
        type: 'notice-shown',
        tone: 'warning',
        text: 'This program is too large for the browser to keep, or its storage is blocked: download it before you close the page.',
      })
    }
  }

  function open(language: string, draft: Draft): void {
    save()
    stopRun()
    store.dispatch({ type: 'project-opened', language, project: draft.project, input: draft.input })
    store.dispatch({ type: 'tests-loaded', cases: draft.tests.cases, checker: draft.tests.checker })
  }

  function current(): Language | undefined {
    const { project, service } = store.getState()
    return findLanguage(service.languages, project.language)
  }

  let seen = store.getState()
  store.subscribe(() => {
    const state = store.getState()
    if (state.project !== seen.project || state.tests.cases !== seen.tests.cases) {
      clearTimeout(timer)
      timer = setTimeout(save, SAVE_DELAY_MS)
    }
    seen = state
  })
  addEventListener('pagehide', save)

  return {
    openDraft: () => {
      const draft = drafts.byLanguage[drafts.language]
      if (draft) {
        open(drafts.language, draft)
      }
      return draft !== undefined
    },
    openLanguage: (id) => {
      const language = findLanguage(store.getState().service.languages, id)
      if (language && id !== store.getState().project.language) {
        open(id, drafts.byLanguage[id] ?? draftOfSample(language))
      }
    },
    openSample: () => {
      const language = current()
      if (language) {
        open(language.id, draftOfSample(language))
      }
    },
    open,
    isOwnWork: () => {
      const language = current()
      const { project } = store.getState().project
      return (
        project.files.some((file) => file.content.trim() !== '') &&
        !(language && sameProject(project, draftOfSample(language).project))
      )
    },
    save,
  }
}

export function draftOfSample(language: Language): Draft {
  const { sample } = language
  if (!sample || sample.files.length === 0) {
    const name = `main.${language.extensions[0] ?? 'txt'}`
    return {
      project: { files: [textFile(name, '')], entry: name },
      input: EMPTY_INPUT,
      tests: { cases: [], checker: 'trimmed' },
    }
  }
  const { stdin, args } = sample
  return {
    project: projectOf(sample.files),
    input: { ...EMPTY_INPUT, stdin, args: formatArgs(args) },
    tests: { cases: sampleTests(sample), checker: 'trimmed' },
  }
}

function sampleTests(sample: Sample): TestCase[] {
  const { stdin, expectedOutput } = sample
  return expectedOutput === '' ? [] : [{ id: 'sample', name: 'Sample', stdin, expectedOutput }]
}

export function draftOfShare(shared: Shared): Draft {
  const input: ProgramInput = { ...EMPTY_INPUT, stdin: shared.stdin, args: formatArgs(shared.args) }
  return { project: projectOf(shared.files), input, tests: { cases: [], checker: 'trimmed' } }
}

function projectOf(files: Shared['files'] | Sample['files']): Project {
  const entry = files.find((file) => file.isEntryPoint) ?? files[0]
  return {
    files: files.map((file) => ({
      path: file.filename,
      content: file.code,
      encoding: 'encoding' in file && file.encoding === 'base64' ? 'base64' : 'utf8',
    })),
    entry: entry?.filename ?? '',
  }
}
