/** Asks the service to look at the code: with every run, when asked, and while typing where the person wants that. */
import type { ApiClient } from '../../api/client.js'
import type { Store } from '../../state/store.js'
import { wireFiles } from '../run/execute-body.js'

export interface AnalysisController {
  check(): Promise<void>
  /** With a run, but after its first moments: those belong to the program. */
  checkSoon(): void
}

const TYPING_PAUSE_MS = 800
const RUN_HEAD_START_MS = 200

export function createAnalysisController(store: Store, api: ApiClient): AnalysisController {
  let request: AbortController | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let seenProject = store.getState().project.project

  const controller: AnalysisController = {
    check: async () => {
      clearTimeout(timer)
      const { project, service } = store.getState()
      if (!service.capabilities?.analyze || project.language === '') {
        return
      }
      request?.abort()
      const current = new AbortController()
      request = current
      store.dispatch({ type: 'analysis-started' })
      try {
        const findings = await api.analyze(project.language, wireFiles(project.project), current.signal)
        if (request === current) {
          store.dispatch({ type: 'analysis-done', findings })
        }
      } catch {
        // Advice that cannot be had is no reason to disturb: the findings pane says so.
        if (request === current) {
          store.dispatch({ type: 'analysis-failed' })
        }
      }
    },
    checkSoon: () => checkAfter(RUN_HEAD_START_MS),
  }

  function checkAfter(delayMs: number): void {
    clearTimeout(timer)
    timer = setTimeout(() => void controller.check(), delayMs)
  }

  store.subscribe(() => {
    const { project, view } = store.getState()
    if (project.project !== seenProject) {
      seenProject = project.project
      clearTimeout(timer)
      if (view.settings.analyzeWhileTyping) {
        checkAfter(TYPING_PAUSE_MS)
      }
    }
  })
  return controller
}
