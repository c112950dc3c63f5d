/** Everything the components work with, made once and tied together here. */
import { createApiClient, type ApiClient } from '../api/client.js'
import { createFileActions, type FileActions } from '../features/files/file-actions.js'
import {
  createAnalysisController,
  type AnalysisController,
} from '../features/findings/analysis-controller.js'
import { createHistoryController, type HistoryController } from '../features/history/history-controller.js'
import { createPrograms, type Programs } from '../features/languages/programs.js'
import { createServiceWatch } from '../features/languages/service-watch.js'
import { createTerminalStream, type TerminalStream } from '../features/output/terminal-stream.js'
import { createRunController, type RunController } from '../features/run/run-controller.js'
import { openLink } from '../features/share/open-link.js'
import { createTestsController, type TestsController } from '../features/tests/tests-controller.js'
import { browserStorage } from '../state/drafts.js'
import { loadSettings, saveSettings } from '../state/settings.js'
import { createStore, INITIAL_STATE, type Store } from '../state/store.js'

export interface Services {
  readonly store: Store
  readonly api: ApiClient
  readonly terminal: TerminalStream
  readonly run: RunController
  readonly tests: TestsController
  readonly analysis: AnalysisController
  readonly programs: Programs
  readonly history: HistoryController
  readonly files: FileActions
}

export function createServices(): Services {
  const settings = loadSettings(browserStorage())
  const store = createStore({ ...INITIAL_STATE, view: { ...INITIAL_STATE.view, settings } })
  const api = createApiClient()
  const terminal = createTerminalStream()
  const watch = createServiceWatch(store, api)
  const analysis = createAnalysisController(store, api)
  const programs = createPrograms(store, () => {
    run.stop()
    tests.stop()
  })
  const history = createHistoryController(store, terminal, programs)
  const tests = createTestsController(store, api, watch)
  const run = createRunController({
    store,
    api,
    terminal,
    watch,
    onStarted: () => analysis.checkSoon(),
    onFinished: (result) => history.record(result),
  })
  const services = {
    store,
    api,
    terminal,
    run,
    tests,
    analysis,
    programs,
    history,
    files: createFileActions(store),
  }
  keepSettings(store)
  openFirstProgram(services)
  watch.check()
  return services
}

function keepSettings(store: Store): void {
  let seen = store.getState().view.settings
  store.subscribe(() => {
    const { settings } = store.getState().view
    if (settings !== seen) {
      seen = settings
      saveSettings(browserStorage(), settings)
    }
  })
}

/** The linked program, else the draft of this browser, else a sample as soon as the languages are known. */
function openFirstProgram(services: Services): void {
  const { store, programs } = services
  programs.openDraft()
  void openLink(services)
  const unsubscribe = store.subscribe(() => {
    const { project, service } = store.getState()
    if (service.languages.length === 0) {
      return
    }
    unsubscribe()
    if (project.language === '') {
      const ready = service.languages.filter((language) => language.state === 'ready')
      const first = ready.find((language) => language.id === 'python') ?? ready[0] ?? service.languages[0]
      programs.openLanguage(first?.id ?? '')
    }
  })
  addEventListener('hashchange', () => void openLink(services))
}
