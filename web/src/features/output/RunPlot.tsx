import { formatBytes, formatMs, formatWhen } from '../../ui/format.js'
import { useNow } from '../../ui/use-now.js'
import type { RunRecord } from '../history/run-record.js'
import { VERDICT_TITLES } from './run-summary.js'

const MAX_RUNS = 30
const WIDTH = 300
const HEIGHT = 56

interface Properties {
  /** Of one language, newest first. */
  readonly runs: readonly RunRecord[]
}

/** Time and memory of the runs so far, oldest on the left; the same numbers as a table for those who do not see it. */
export function RunPlot({ runs }: Properties) {
  const now = useNow(30_000, true)
  const shown = runs.slice(0, MAX_RUNS).toReversed()
  if (shown.length === 0) {
    return null
  }
  return (
    <section aria-label="Runs so far" className="plots">
      <h3>Runs so far</h3>
      <div className="plot-row" aria-hidden="true">
        <Bars title="Time" runs={shown} valueOf={(run) => run.wallTimeMs ?? 0} format={formatMs} />
        <Bars title="Memory" runs={shown} valueOf={(run) => run.memoryBytes ?? 0} format={formatBytes} />
      </div>
      <table className="visually-hidden">
        <caption>Runs so far, oldest first</caption>
        <thead>
          <tr>
            <th>When</th>
            <th>Result</th>
            <th>Time</th>
            <th>Memory</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((run) => (
            <tr key={run.id}>
              <td>{formatWhen(run.at, now)}</td>
              <td>{titleOf(run)}</td>
              <td>{formatMs(run.wallTimeMs ?? 0)}</td>
              <td>{formatBytes(run.memoryBytes ?? 0)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

export function titleOf(run: RunRecord): string {
  if (run.verdict === null) {
    return run.note
  }
  return run.verdict === 'stopped' ? 'Stopped' : VERDICT_TITLES[run.verdict]
}

interface BarsProperties {
  readonly title: string
  readonly runs: readonly RunRecord[]
  readonly valueOf: (run: RunRecord) => number
  readonly format: (value: number) => string
}

function Bars({ title, runs, valueOf, format }: BarsProperties) {
  const max = Math.max(1, ...runs.map(valueOf))
  const slot = WIDTH / MAX_RUNS
  const last = runs.at(-1)
  return (
    <figure className="plot">
      <figcaption>
        <span>{title}</span>
        <span>{last ? format(valueOf(last)) : ''}</span>
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none">
        {runs.map((run, index) => {
          const height = Math.max(2, (valueOf(run) / max) * (HEIGHT - 4))
          return (
            <rect
              key={run.id}
              x={index * slot + 1}
              y={HEIGHT - height}
              width={slot - 2}
              height={height}
              data-verdict={run.verdict === 'succeeded' ? 'good' : 'bad'}
              data-last={index === runs.length - 1}
            >
              <title>{`${titleOf(run)}: ${format(valueOf(run))}`}</title>
            </rect>
          )
        })}
        <line x1="0" y1={HEIGHT - 0.5} x2={WIDTH} y2={HEIGHT - 0.5} />
      </svg>
      <p>highest {format(max)}</p>
    </figure>
  )
}
