import { useMemo } from 'react'

import { useAppState } from '../../app/context.js'
import { formatBytes, formatMs } from '../../ui/format.js'
import { findLanguage } from '../run/execute-body.js'
import { RunPlot } from './RunPlot.js'
import { summarize, verdictAdvice } from './run-summary.js'

/** How the last run ended and what it used, and how the runs before it compare. */
export function ResultPanel() {
  const run = useAppState((state) => state.run)
  const language = useAppState((state) => findLanguage(state.service.languages, state.project.language))
  const languageId = useAppState((state) => state.project.language)
  const history = useAppState((state) => state.view.history)
  const runs = useMemo(
    () => history.filter((record) => record.language === languageId && record.wallTimeMs !== null),
    [history, languageId],
  )
  const { result } = run
  const { title, tone } = summarize(run)
  return (
    <div className="result">
      <h2 className="result-title" data-tone={tone}>
        {title}
      </h2>
      {result === null ? (
        <p className="hint">
          {run.phase === 'idle' ? 'Run the program to see how it ends and what it uses.' : ''}
        </p>
      ) : (
        <>
          {verdictAdvice(result) && <p>{verdictAdvice(result)}</p>}
          <dl className="facts">
            <Fact name="Exit code" value={result.exitCode === null ? '–' : String(result.exitCode)} />
            {result.signal !== null && <Fact name="Signal" value={result.signal} />}
            <Fact name="Time" value={result.usage ? formatMs(result.usage.wallTimeMs) : '–'} />
            <Fact name="CPU time" value={result.usage ? formatMs(result.usage.cpuTimeMs) : '–'} />
            <Fact name="Peak memory" value={result.usage ? formatBytes(result.usage.memoryBytes) : '–'} />
            {result.compile?.usage && (
              <Fact name="Compilation" value={formatMs(result.compile.usage.wallTimeMs)} />
            )}
            <Fact name="Runtime" value={`${language?.name ?? result.language} ${result.version}`.trim()} />
          </dl>
        </>
      )}
      <RunPlot runs={runs} />
    </div>
  )
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  )
}
