import { useAppState, useServices } from '../../app/context.js'
import { summarize } from './run-summary.js'

const MAX_SPOKEN_CHARACTERS = 400

/** Tells screen readers how the run stands, and the beginning of what was printed when it ends. */
export function RunAnnouncer() {
  const { terminal } = useServices()
  const run = useAppState((state) => state.run)
  const { title, facts } = summarize(run)
  const text = [title, ...facts].join(', ')
  const output = run.phase === 'finished' ? terminal.transcript().slice(0, MAX_SPOKEN_CHARACTERS) : ''
  return (
    <div role="status" className="visually-hidden">
      {run.phase === 'idle' || run.phase === 'starting' ? '' : text}
      {output && `. Output: ${output}`}
    </div>
  )
}
