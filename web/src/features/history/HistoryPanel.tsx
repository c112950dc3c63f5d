import { useState } from 'react'

import { useAppState, useServices } from '../../app/context.js'
import { formatMs, formatWhen, plural } from '../../ui/format.js'
import { Icon } from '../../ui/Icon.js'
import { IconButton } from '../../ui/IconButton.js'
import { useNow } from '../../ui/use-now.js'
import { titleOf } from '../output/RunPlot.js'
import { findLanguage } from '../run/execute-body.js'
import type { RunRecord } from './run-record.js'

/** The runs this browser remembers, to look at and to bring back. */
export function HistoryPanel() {
  const { history: controller } = useServices()
  const history = useAppState((state) => state.view.history)
  const keep = useAppState((state) => state.view.settings.keepHistory)
  const now = useNow(30_000, true)
  return (
    <div className="history">
      <div className="toolbar">
        <p className="hint">
          {keep ? 'Kept in this browser only.' : 'Runs are not kept; the settings can change that.'}
        </p>
        {history.length > 0 && (
          <button type="button" className="button" onClick={controller.clear}>
            <Icon name="trash" />
            Forget all
          </button>
        )}
      </div>
      {history.length === 0 && <p className="hint">No run yet.</p>}
      <ul className="history-list">
        {history.map((record) => (
          <HistoryRow key={record.id} record={record} now={now} />
        ))}
      </ul>
    </div>
  )
}

function HistoryRow({ record, now }: { readonly record: RunRecord; readonly now: number }) {
  const { history: controller } = useServices()
  const [open, setOpen] = useState(false)
  // A program may have been put aside before the languages were known.
  const languageName = useAppState(
    (state) => findLanguage(state.service.languages, record.language)?.name ?? record.languageName,
  )
  const entry = record.project.files.find((file) => file.path === record.project.entry)
  const when = formatWhen(record.at, now)
  return (
    <li className="history-item">
      <div className="history-row">
        <button type="button" className="history-toggle" aria-expanded={open} onClick={() => setOpen(!open)}>
          <Icon name="chevron" />
          <span
            className="verdict"
            data-verdict={record.verdict === 'succeeded' ? 'good' : record.verdict ? 'bad' : 'idle'}
          >
            {titleOf(record)}
          </span>
          <span className="history-facts">
            {[
              languageName,
              record.wallTimeMs === null ? '' : formatMs(record.wallTimeMs),
              record.project.files.length > 1 ? plural(record.project.files.length, 'file') : '',
            ]
              .filter((fact) => fact !== '')
              .join(' · ')}
          </span>
          <time dateTime={new Date(record.at).toISOString()}>{when}</time>
        </button>
        <button
          type="button"
          className="button"
          aria-label={`Restore the ${languageName} program of ${when}`}
          onClick={() => controller.restore(record)}
        >
          Restore
        </button>
        <IconButton
          icon="trash"
          label={`Forget the run of ${when}`}
          onClick={() => controller.remove(record.id)}
        />
      </div>
      {open && (
        <div className="history-body">
          <h3>{record.project.entry}</h3>
          <pre className="mono">
            {entry?.encoding === 'utf8' ? entry.content.slice(0, 4000) : '(not text)'}
          </pre>
          {record.output && (
            <>
              <h3>Output</h3>
              <pre className="mono">{record.output.slice(0, 4000)}</pre>
            </>
          )}
        </div>
      )}
    </li>
  )
}
