/**
 * Runs the program on the page: over the WebSocket where the server has it, so that output comes as it happens and
 * input goes in while it runs, else with one request. Only the latest run speaks to the page.
 */
import type { ApiClient } from '../../api/client.js'
import { openInteractive, type InteractiveSession, type TerminalSize } from '../../api/interactive.js'
import { problemOf, toProblem, type Problem } from '../../api/problem.js'
import type { ExecuteBody, ExecutionResult } from '../../api/wire.js'
import { isRunning } from '../../state/run-slice.js'
import type { Store } from '../../state/store.js'
import { resultDiagnostics } from '../findings/result-diagnostics.js'
import type { ServiceWatch } from '../languages/service-watch.js'
import type { TerminalStream } from '../output/terminal-stream.js'
import { executeBody, findLanguage, InputError } from './execute-body.js'

export interface RunController {
  readonly start: () => void
  readonly stop: () => void
  /** What was typed in the terminal. */
  readonly type: (data: string) => void
  readonly resize: (size: TerminalSize) => void
}

export interface RunDependencies {
  readonly store: Store
  readonly api: ApiClient
  readonly terminal: TerminalStream
  readonly watch: ServiceWatch
  readonly onStarted: () => void
  /** Called with the result of a run that ended, null when it was stopped before it had one. */
  readonly onFinished: (result: ExecutionResult | null) => void
}

/** How long a killed program has to report its end before the page stops waiting for it. */
const STOP_GRACE_MS = 2000

export function createRunController({
  store,
  api,
  terminal,
  watch,
  onStarted,
  onFinished,
}: RunDependencies): RunController {
  let size: TerminalSize = { cols: 80, rows: 24 }
  let session: InteractiveSession | null = null
  let request: AbortController | null = null
  /** Set when the WebSocket did not open although the service answers: then it is not tried again. */
  let interactiveBroken = false

  const isCurrent = (sequence: number) =>
    store.getState().run.sequence === sequence && isRunning(store.getState().run.phase)

  function finish(sequence: number, result: ExecutionResult | null): void {
    if (!isCurrent(sequence)) {
      return
    }
    session = null
    request = null
    if (result && terminal.transcript() === '') {
      terminal.append(result.compile?.output ?? '', 'stderr')
      terminal.append(result.output, 'stdout')
      terminal.append(result.stderr, 'stderr')
    }
    const paths = store.getState().project.project.files.map((file) => file.path)
    const diagnostics = result ? resultDiagnostics(result, terminal.transcript(), paths) : []
    store.dispatch({ type: 'run-finished', sequence, result, diagnostics })
    onFinished(result)
  }

  function fail(sequence: number, problem: Problem): void {
    if (!isCurrent(sequence)) {
      return
    }
    session = null
    request = null
    store.dispatch({ type: 'run-failed', sequence, problem })
    if (problem.kind === 'restarting') {
      watch.expectRestart()
    } else if (problem.kind === 'offline' || problem.kind === 'interrupted') {
      watch.check()
    }
  }

  async function runByRequest(sequence: number, body: ExecuteBody): Promise<void> {
    request = new AbortController()
    store.dispatch({ type: 'run-stage', sequence, stage: 'run' })
    try {
      finish(sequence, await api.execute(body, request.signal))
    } catch (error) {
      fail(sequence, toProblem(error))
    }
  }

  async function withoutSocket(sequence: number, body: ExecuteBody): Promise<void> {
    // One request tells the true reason (too many runs, queue full…), or runs the program after all.
    await runByRequest(sequence, body)
    if (store.getState().run.result) {
      interactiveBroken = true
      store.dispatch({
        type: 'notice-shown',
        text: 'The live connection could not be opened, so output comes when the program has ended and the Input tab is its input.',
      })
    }
  }

  function runInteractively(sequence: number, body: ExecuteBody, tty: TerminalSize | null): void {
    session = openInteractive(body, tty, {
      onQueued: (position) => store.dispatch({ type: 'run-queued', sequence, position }),
      onStage: (stage) => store.dispatch({ type: 'run-stage', sequence, stage }),
      onOutput: (stream, text) => {
        if (isCurrent(sequence)) {
          terminal.append(text, stream)
        }
      },
      onResult: (result) => finish(sequence, result),
      onProblem: (problem) => fail(sequence, problem),
      onLost: (opened) => {
        if (opened) {
          fail(sequence, problemOf('interrupted'))
        } else if (isCurrent(sequence)) {
          void withoutSocket(sequence, body)
        }
      },
    })
  }

  return {
    start: () => {
      const { project, run, service } = store.getState()
      if (isRunning(run.phase) || project.language === '') {
        return
      }
      const interactive = !interactiveBroken && (service.capabilities?.interactive ?? true)
      const tty = interactive && project.input.stdin === '' ? size : null
      const sequence = run.sequence + 1
      terminal.clear()
      store.dispatch({ type: 'run-started', sequence, inputMode: tty ? 'terminal' : 'text' })
      const language = findLanguage(service.languages, project.language)
      if (language && language.state !== 'ready') {
        const reason =
          language.state === 'installing'
            ? `${language.name} is still being prepared.`
            : language.state === 'failed'
              ? `${language.name} does not work on this server at the moment.`
              : `${language.name} is not installed on this server.`
        fail(sequence, problemOf('not-ready', reason))
        return
      }
      try {
        const body = executeBody(project)
        store.dispatch({ type: 'pane-shown', pane: 'terminal' })
        onStarted()
        if (interactive) {
          runInteractively(sequence, body, tty)
        } else {
          void runByRequest(sequence, body)
        }
      } catch (error) {
        fail(sequence, error instanceof InputError ? problemOf('rejected', error.message) : toProblem(error))
      }
    },
    stop: () => {
      const { phase, sequence } = store.getState().run
      if (!isRunning(phase)) {
        return
      }
      store.dispatch({ type: 'run-stopping', sequence })
      const giveUp = () => {
        if (!isCurrent(sequence)) {
          return
        }
        session?.close()
        request?.abort()
        finish(sequence, null)
      }
      if (session && phase === 'run') {
        session.signal('SIGKILL')
        setTimeout(giveUp, STOP_GRACE_MS)
      } else {
        giveUp()
      }
    },
    type: (data) => {
      if (store.getState().run.inputMode === 'terminal') {
        session?.stdin(data)
      } else if (data === '\u0003') {
        session?.signal('SIGINT')
      }
    },
    resize: (next) => {
      size = next
      session?.resize(next)
    },
  }
}
