import { useAppState, useDispatch, useServices } from '../../app/context.js'
import { Icon, type IconName } from '../../ui/Icon.js'
import type { Marker } from './markers.js'
import { useMarkers } from './use-markers.js'

const ICONS: Readonly<Record<Marker['severity'], IconName>> = {
  error: 'error',
  warning: 'alert',
  info: 'info',
}

/** The order of the list; within a level it is that of the lines. */
const LEVELS = ['critical', 'high', 'medium', 'low']

/** What the compiler, the last run and the analysis say about lines of the program; each leads there. */
export function FindingsPanel() {
  const { analysis } = useServices()
  const markers = useMarkers()
  const canAnalyze = useAppState((state) => state.service.capabilities?.analyze ?? false)
  const phase = useAppState((state) => state.run.analysis.phase)
  const ofProgram = markers.filter((marker) => marker.source === 'program')
  const ofAnalysis = markers
    .filter((marker) => marker.source === 'analysis')
    .toSorted((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level))
  return (
    <div className="findings">
      <section>
        <h2>Compiler and last run</h2>
        {ofProgram.length === 0 ? (
          <p className="hint">Nothing. Errors that name a line appear here after a run.</p>
        ) : (
          <MarkerList markers={ofProgram} />
        )}
      </section>
      {canAnalyze && (
        <section>
          <h2>
            Security analysis
            <button
              type="button"
              className="button"
              disabled={phase === 'checking'}
              onClick={() => void analysis.check()}
            >
              {phase === 'checking' ? 'Checking…' : 'Check now'}
            </button>
          </h2>
          <p className="hint">{hintOf(phase, ofAnalysis.length)}</p>
          <MarkerList markers={ofAnalysis} />
        </section>
      )}
    </div>
  )
}

function hintOf(phase: 'idle' | 'checking' | 'done' | 'failed', count: number): string {
  const hints = {
    idle: 'Looks for code that does dangerous things. It runs with every run; it only informs.',
    checking: 'The service is looking at the code.',
    failed: 'The service could not look at the code just now. Running it is not affected.',
    done:
      count === 0
        ? 'Nothing dangerous was found.'
        : 'This informs only: the sandbox holds whatever the code does.',
  }
  return hints[phase]
}

function MarkerList({ markers }: { readonly markers: readonly Marker[] }) {
  const dispatch = useDispatch()
  return (
    <ul className="marker-list">
      {markers.map((marker) => (
        <li key={`${marker.file}:${marker.line}:${marker.column}:${marker.rule}:${marker.message}`}>
          <button
            type="button"
            data-severity={marker.severity}
            onClick={() =>
              dispatch({
                type: 'jump-requested',
                path: marker.file,
                line: marker.line,
                column: marker.column,
              })
            }
          >
            <Icon name={ICONS[marker.severity]} />
            <span className="marker-message">
              <span className="level" data-level={marker.level}>
                {marker.level}
              </span>{' '}
              {marker.message}
            </span>
            <span className="marker-place">
              {marker.file}:{marker.line}
              {marker.rule && ` · ${marker.rule}`}
            </span>
          </button>
        </li>
      ))}
    </ul>
  )
}
