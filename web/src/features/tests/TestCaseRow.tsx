import { useId, useState } from 'react'

import type { TestResult, TestVerdict } from '../../api/wire.js'
import { useDispatch } from '../../app/context.js'
import type { TestCase } from '../../state/tests-slice.js'
import { formatBytes, formatMs } from '../../ui/format.js'
import { Icon } from '../../ui/Icon.js'
import { IconButton } from '../../ui/IconButton.js'
import { VERDICT_TITLES } from '../output/run-summary.js'
import { DiffView } from './DiffView.js'

interface Properties {
  readonly test: TestCase
  readonly result: TestResult | null
}

/** One test: its verdict in the row; its input, its expected output and the difference below. */
export function TestCaseRow({ test, result }: Properties) {
  const dispatch = useDispatch()
  const failed = result !== null && result.verdict !== 'accepted' && result.verdict !== 'skipped'
  const [chosen, setChosen] = useState<boolean | null>(
    test.expectedOutput === '' && test.stdin === '' ? true : null,
  )
  const open = chosen ?? failed
  const id = useId()
  const change = (part: Partial<Omit<TestCase, 'id'>>) =>
    dispatch({ type: 'test-changed', id: test.id, change: part })
  return (
    <li className="test">
      <div className="test-row">
        <button
          type="button"
          className="test-toggle"
          aria-expanded={open}
          aria-controls={`${id}-body`}
          onClick={() => setChosen(!open)}
        >
          <Icon name="chevron" />
          <span className="test-name">{test.name || 'Unnamed test'}</span>
        </button>
        {result?.usage && (
          <span className="version">
            {formatMs(result.usage.wallTimeMs)}
            <span className="wide-only"> · {formatBytes(result.usage.memoryBytes)}</span>
          </span>
        )}
        {result && (
          <span className="verdict" data-verdict={toneOf(result.verdict)}>
            {TITLES[result.verdict]}
          </span>
        )}
        <IconButton
          icon="trash"
          label={`Delete ${test.name}`}
          onClick={() => dispatch({ type: 'test-removed', id: test.id })}
        />
      </div>
      {open && (
        <div id={`${id}-body`} className="test-body form">
          {result && failed && <Failure test={test} result={result} />}
          <label htmlFor={`${id}-name`}>Name</label>
          <input
            id={`${id}-name`}
            type="text"
            className="field"
            value={test.name}
            onChange={(event) => change({ name: event.target.value })}
          />
          <label htmlFor={`${id}-stdin`}>Input</label>
          <textarea
            id={`${id}-stdin`}
            className="field mono"
            rows={3}
            spellCheck={false}
            value={test.stdin}
            onChange={(event) => change({ stdin: event.target.value })}
          />
          <label htmlFor={`${id}-expected`}>Expected output</label>
          <textarea
            id={`${id}-expected`}
            className="field mono"
            rows={3}
            spellCheck={false}
            value={test.expectedOutput}
            onChange={(event) => change({ expectedOutput: event.target.value })}
          />
        </div>
      )}
    </li>
  )
}

function Failure({ test, result }: { readonly test: TestCase; readonly result: TestResult }) {
  return (
    <>
      {result.stderr && (
        <>
          <h3>Standard error</h3>
          <pre className="mono stderr">{result.stderr.slice(0, 4000)}</pre>
        </>
      )}
      <h3>Difference</h3>
      <DiffView expected={test.expectedOutput} actual={result.stdout} />
    </>
  )
}

const TITLES: Readonly<Record<TestVerdict, string>> = {
  ...VERDICT_TITLES,
  accepted: 'Passed',
  wrong_answer: 'Wrong output',
  skipped: 'Skipped',
}

function toneOf(verdict: TestVerdict): string {
  if (verdict === 'accepted') {
    return 'good'
  }
  return verdict === 'skipped' ? 'idle' : 'bad'
}
