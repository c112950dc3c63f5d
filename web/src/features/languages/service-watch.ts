/** Knows whether the service answers and which languages it has; asks again while something is not ready. */
import type { ApiClient } from '../../api/client.js'
import { toProblem } from '../../api/problem.js'
import type { Store } from '../../state/store.js'

export interface ServiceWatch {
  /** Asks now; later questions follow by themselves for as long as there is a reason. */
  check(): void
  /** The service has said that it stops: it answers a while longer, and that does not mean it is back. */
  expectRestart(): void
}

const INSTALLING_POLL_MS = 2000
const FIRST_RETRY_MS = 1000
const MAX_RETRY_MS = 10_000

export function createServiceWatch(store: Store, api: ApiClient): ServiceWatch {
  let timer: ReturnType<typeof setTimeout> | undefined
  let retryMs = FIRST_RETRY_MS
  let asking = false
  let restartExpected = false

  function later(delayMs: number): void {
    clearTimeout(timer)
    timer = setTimeout(() => void ask(), delayMs)
  }

  async function ask(): Promise<void> {
    if (asking) {
      return
    }
    asking = true
    clearTimeout(timer)
    try {
      const languages = await api.languages()
      store.dispatch({ type: 'languages-loaded', languages })
      if (restartExpected && (await api.isStopping())) {
        keepWaiting('restarting')
        return
      }
      restartExpected = false
      await learnCapabilities()
      becomeReady()
      retryMs = FIRST_RETRY_MS
      if (languages.some((language) => language.state === 'installing')) {
        later(INSTALLING_POLL_MS)
      }
    } catch (error) {
      const { kind } = toProblem(error)
      keepWaiting(kind === 'restarting' ? 'restarting' : 'offline')
    } finally {
      asking = false
    }
  }

  function keepWaiting(connection: 'restarting' | 'offline'): void {
    store.dispatch({ type: 'connection-changed', connection })
    later(retryMs)
    retryMs = Math.min(retryMs * 2, MAX_RETRY_MS)
  }

  function becomeReady(): void {
    const before = store.getState().service.connection
    store.dispatch({ type: 'connection-changed', connection: 'ready' })
    if (before === 'offline' || before === 'restarting') {
      store.dispatch({ type: 'notice-shown', text: 'The service is back. You can run your program.' })
    }
  }

  async function learnCapabilities(): Promise<void> {
    const { capabilities, connection } = store.getState().service
    if (capabilities !== null && connection === 'ready') {
      return
    }
    try {
      store.dispatch({ type: 'capabilities-known', capabilities: await api.capabilities() })
    } catch {
      // Without the description of the server, what the page tries shows what it has.
    }
  }

  addEventListener('online', () => void ask())
  addEventListener('offline', () => {
    store.dispatch({ type: 'connection-changed', connection: 'offline' })
    later(FIRST_RETRY_MS)
  })
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible' && store.getState().service.connection !== 'ready') {
      void ask()
    }
  })
  return {
    check: () => void ask(),
    expectRestart: () => {
      restartExpected = true
      keepWaiting('restarting')
    },
  }
}
