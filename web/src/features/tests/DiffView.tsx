import { useMemo } from 'react'

import { plural } from '../../ui/format.js'
import { diffLines, showTrailingBlanks, type DiffLine } from './diff.js'

interface Properties {
  readonly expected: string
  readonly actual: string
}

const MAX_LINES = 400
const SIGNS = { same: ' ', missing: '−', extra: '+' } as const
const WORDS = { same: '', missing: 'expected: ', extra: 'printed: ' } as const

/** Expected lines that are missing and printed lines that are extra, in their place among the equal ones. */
export function DiffView({ expected, actual }: Properties) {
  const lines = useMemo(() => diffLines(expected, actual), [expected, actual])
  const changed = lines.some((line) => line.kind !== 'same')
  return (
    <div className="diff">
      <p className="diff-legend">
        <span data-kind="missing">− expected</span>
        <span data-kind="extra">+ printed</span>
      </p>
      {/* A long difference scrolls, so it must be reachable by keys. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre className="mono diff-lines" tabIndex={0} aria-label="Difference">
        {lines.slice(0, MAX_LINES).map((line, index) => (
          // Lines have no identity but their place.
          // oxlint-disable-next-line react/no-array-index-key
          <DiffRow key={index} line={line} />
        ))}
      </pre>
      {!changed && (
        <p className="hint">Line by line they are the same; the difference is in how the text ends.</p>
      )}
      {lines.length > MAX_LINES && (
        <p className="hint">{plural(lines.length - MAX_LINES, 'more line')} not shown.</p>
      )}
    </div>
  )
}

function DiffRow({ line }: { readonly line: DiffLine }) {
  return (
    <span className="diff-line" data-kind={line.kind}>
      <span aria-hidden="true">{SIGNS[line.kind]} </span>
      <span className="visually-hidden">{WORDS[line.kind]}</span>
      {line.kind === 'same' ? line.text : showTrailingBlanks(line.text)}
      {'\n'}
    </span>
  )
}
