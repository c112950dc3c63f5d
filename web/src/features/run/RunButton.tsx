import { useAppState, useServices } from '../../app/context.js'
import { isRunning } from '../../state/run-slice.js'
import { Icon } from '../../ui/Icon.js'
import { useNow } from '../../ui/use-now.js'

const IS_APPLE = /Mac|iPhone|iPad/.test(navigator.userAgent)
export const RUN_KEYS = IS_APPLE ? '⌘↵' : 'Ctrl+↵'
export const RUN_KEYS_IN_WORDS = IS_APPLE ? 'Command+Enter' : 'Ctrl+Enter'

/** Run while nothing runs, Stop while something does; it counts down where the service asked to wait. */
export function RunButton() {
  const { run } = useServices()
  const phase = useAppState((state) => state.run.phase)
  const stopped = useAppState((state) => state.run.stopped)
  const retryAt = useAppState((state) => state.run.problem?.retryAt ?? null)
  const ready = useAppState((state) => state.project.language !== '')
  const now = useNow(500, retryAt !== null)
  const waitSeconds = retryAt === null ? 0 : Math.max(0, Math.ceil((retryAt - now) / 1000))

  if (isRunning(phase)) {
    return (
      <button type="button" className="run-button" data-action="stop" disabled={stopped} onClick={run.stop}>
        <Icon name="stop" />
        Stop
      </button>
    )
  }
  return (
    <button
      type="button"
      className="run-button"
      data-action="run"
      disabled={!ready || waitSeconds > 0}
      aria-keyshortcuts="Control+Enter Meta+Enter"
      title={`Run (${RUN_KEYS_IN_WORDS})`}
      onClick={run.start}
    >
      <Icon name="play" />
      {waitSeconds > 0 ? `Run in ${waitSeconds} s` : 'Run'}
      {waitSeconds === 0 && (
        <kbd className="run-keys" aria-hidden="true">
          {RUN_KEYS}
        </kbd>
      )}
    </button>
  )
}
