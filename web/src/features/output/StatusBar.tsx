import { useAppState, useDispatch } from '../../app/context.js'
import { isRunning } from '../../state/run-slice.js'
import { formatMs } from '../../ui/format.js'
import { Icon, type IconName } from '../../ui/Icon.js'
import { useNow } from '../../ui/use-now.js'
import { summarize, type Tone } from './run-summary.js'

const ICONS: Readonly<Record<Tone, IconName>> = {
  idle: 'clock',
  busy: 'clock',
  good: 'check',
  bad: 'error',
  warning: 'alert',
}

/** The last line: how the run stands, and how it ended. Pressing it shows the details. */
export function StatusBar() {
  const dispatch = useDispatch()
  const run = useAppState((state) => state.run)
  const { tone, title, facts } = summarize(run)
  const running = isRunning(run.phase)
  const now = useNow(100, running)
  return (
    <button
      type="button"
      className="status-bar"
      data-tone={tone}
      title="Show the details of the run"
      onClick={() => dispatch({ type: 'pane-shown', pane: 'result' })}
    >
      <span className="status-title">
        <Icon name={ICONS[tone]} />
        {title}
      </span>
      {facts.map((fact) => (
        <span key={fact} className={fact.startsWith('CPU') ? 'wide-only' : undefined}>
          {fact}
        </span>
      ))}
      {running && run.phase !== 'queued' && (
        <span aria-hidden="true">{formatMs(Math.max(0, now - run.startedAt))}</span>
      )}
      {running && run.phase === 'run' && (
        <span className="status-hint">
          {run.inputMode === 'terminal' ? 'type in the terminal' : 'input from the Input tab'}
        </span>
      )}
    </button>
  )
}
