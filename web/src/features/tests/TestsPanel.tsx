import { useAppState, useDispatch, useServices } from '../../app/context.js'
import type { Checker } from '../../api/wire.js'
import type { TestsState } from '../../state/tests-slice.js'
import { plural } from '../../ui/format.js'
import { Icon } from '../../ui/Icon.js'
import { uniqueId } from '../../ui/unique-id.js'
import { TestCaseRow } from './TestCaseRow.js'

const CHECKERS: readonly { readonly id: Checker; readonly label: string }[] = [
  { id: 'trimmed', label: 'blanks at line ends ignored' },
  { id: 'exact', label: 'exactly' },
  { id: 'tokens', label: 'word by word' },
  { id: 'float', label: 'as numbers, nearly equal' },
]

const PHASE_WORDS = {
  idle: '',
  queued: 'Waiting in the queue…',
  compile: 'Compiling…',
  run: 'Running…',
} as const

/** Inputs with the output they should give, run together and compared. */
export function TestsPanel() {
  const { tests: controller, terminal } = useServices()
  const dispatch = useDispatch()
  const tests = useAppState((state) => state.tests)
  const lastRun = useAppState((state) => (state.run.result?.runTimeStatus === 'succeeded' ? state.run : null))
  const stdin = useAppState((state) => state.project.input.stdin)
  const busy = tests.phase !== 'idle'
  const add = (input: string, expectedOutput: string) =>
    dispatch({
      type: 'test-added',
      test: {
        id: uniqueId(),
        name: `Test ${tests.cases.length + 1}`,
        stdin: input,
        expectedOutput,
      },
    })
  return (
    <div className="tests">
      <div className="toolbar">
        {busy ? (
          <button type="button" className="button" onClick={controller.stop}>
            <Icon name="stop" />
            Stop tests
          </button>
        ) : (
          <button
            type="button"
            className="button primary"
            disabled={tests.cases.length === 0}
            onClick={controller.start}
          >
            <Icon name="play" />
            Run tests
          </button>
        )}
        <button type="button" className="button" onClick={() => add('', '')}>
          <Icon name="plus" />
          Add a test
        </button>
        {lastRun && lastRun.inputMode === 'text' && (
          <button
            type="button"
            className="button"
            onClick={() => add(stdin, lastRun.result?.output ?? terminal.transcript())}
          >
            Add the last run
          </button>
        )}
        <label className="inline-field">
          Compare
          <select
            className="field"
            value={tests.checker}
            onChange={(event) => {
              const checker = CHECKERS.find(({ id }) => id === event.target.value)?.id
              dispatch({ type: 'tests-options', ...(checker ? { checker } : {}) })
            }}
          >
            {CHECKERS.map(({ id, label }) => (
              <option key={id} value={id}>
                {label}
              </option>
            ))}
          </select>
        </label>
        <label className="inline-field">
          <input
            type="checkbox"
            checked={tests.stopOnFailure}
            onChange={(event) => dispatch({ type: 'tests-options', stopOnFailure: event.target.checked })}
          />
          Stop at the first failure
        </label>
      </div>
      <p role="status" className="tests-summary">
        {busy ? PHASE_WORDS[tests.phase] : summaryOf(tests)}
      </p>
      {tests.problem && (
        <p role="alert" className="inline-problem">
          {tests.problem.message} {tests.problem.advice}
        </p>
      )}
      {tests.compileError && (
        <div role="alert" className="inline-problem">
          <p>The program did not compile, so no test was run.</p>
          <pre className="mono">{tests.compileError}</pre>
        </div>
      )}
      {tests.cases.length === 0 && (
        <p className="hint">
          A test is an input and the output it should give. Add one, or several, and run them together.
        </p>
      )}
      <ul className="test-list">
        {tests.cases.map((test) => (
          <TestCaseRow key={test.id} test={test} result={tests.results[test.id] ?? null} />
        ))}
      </ul>
    </div>
  )
}

function summaryOf(tests: TestsState): string {
  const results = tests.cases.flatMap((test) => tests.results[test.id] ?? [])
  if (results.length === 0) {
    return tests.cases.length === 0 ? '' : `${plural(tests.cases.length, 'test')}, not run yet`
  }
  const passed = results.filter(({ verdict }) => verdict === 'accepted').length
  return `${passed} of ${plural(tests.cases.length, 'test')} passed`
}
