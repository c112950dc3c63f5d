import type { ExecutionResult } from '../../api/wire.js'
import type { Store } from '../../state/store.js'
import { uniqueId } from '../../ui/unique-id.js'
import type { Programs } from '../languages/programs.js'
import type { TerminalStream } from '../output/terminal-stream.js'
import { findLanguage } from '../run/execute-body.js'
import { MAX_OUTPUT_CHARACTERS, openHistory } from './history-store.js'
import type { RunRecord } from './run-record.js'

export interface HistoryController {
  /** Keeps the run that just ended. */
  readonly record: (result: ExecutionResult | null) => void
  /** Keeps what is on the page before something else takes its place; sample code is not kept. */
  readonly putAside: (note: string) => void
  readonly restore: (record: RunRecord) => void
  readonly remove: (id: string) => void
  readonly clear: () => void
}

export function createHistoryController(
  store: Store,
  terminal: TerminalStream,
  programs: Programs,
): HistoryController {
  const opened = openHistory()
  const show = (history: readonly RunRecord[]) => store.dispatch({ type: 'history-changed', history })
  void opened.then((history) => history.list()).then(show, () => undefined)

  function add(
    fields: Pick<RunRecord, 'verdict' | 'note'>,
    result: ExecutionResult | null,
    output: string,
  ): void {
    const { project, service, view } = store.getState()
    if (!view.settings.keepHistory) {
      return
    }
    const record: RunRecord = {
      id: uniqueId(),
      at: Date.now(),
      language: project.language,
      languageName: findLanguage(service.languages, project.language)?.name ?? project.language,
      exitCode: result?.exitCode ?? null,
      signal: result?.signal ?? null,
      wallTimeMs: result?.usage?.wallTimeMs ?? null,
      cpuTimeMs: result?.usage?.cpuTimeMs ?? null,
      memoryBytes: result?.usage?.memoryBytes ?? null,
      output,
      project: project.project,
      input: project.input,
      ...fields,
    }
    void opened
      .then((history) => history.add(record))
      .then(show, () => {
        store.dispatch({
          type: 'notice-shown',
          tone: 'warning',
          text: 'The browser did not keep this run in its history: its storage is full or blocked.',
        })
      })
  }

  const controller: HistoryController = {
    record: (result) => {
      const verdict = store.getState().run.stopped ? 'stopped' : (result?.runTimeStatus ?? 'stopped')
      add({ verdict, note: '' }, result, terminal.transcript().slice(0, MAX_OUTPUT_CHARACTERS))
    },
    putAside: (note) => {
      if (programs.isOwnWork()) {
        add({ verdict: null, note }, null, '')
      }
    },
    restore: (record) => {
      controller.putAside('Before a run was restored')
      programs.open(record.language, {
        project: record.project,
        input: record.input,
        tests: { cases: [], checker: 'trimmed' },
      })
      store.dispatch({ type: 'phone-view-shown', view: 'code' })
      store.dispatch({ type: 'notice-shown', text: 'The program of that run is in the editor again.' })
    },
    remove: (id) => void opened.then((history) => history.remove(id)).then(show, () => undefined),
    clear: () =>
      void opened
        .then((history) => history.clear())
        .then(
          () => show([]),
          () => undefined,
        ),
  }
  return controller
}
