import { useId } from 'react'

import { useAppState, useDispatch } from '../../app/context.js'
import type { ProgramInput } from '../../state/project-slice.js'
import { findLanguage } from '../run/execute-body.js'
import { parseArgs } from './parse-args.js'

/** What the program is given: standard input, arguments, and limits other than the usual. */
export function InputPanel() {
  const dispatch = useDispatch()
  const input = useAppState((state) => state.project.input)
  const limits = useAppState(
    (state) => findLanguage(state.service.languages, state.project.language)?.limits?.run ?? null,
  )
  const args = parseArgs(input.args)
  const id = useId()
  const change = (part: Partial<ProgramInput>) => dispatch({ type: 'input-changed', input: part })
  return (
    <div className="form">
      <label htmlFor={`${id}-stdin`}>Standard input</label>
      <textarea
        id={`${id}-stdin`}
        className="field mono stdin"
        aria-describedby={`${id}-stdin-hint`}
        spellCheck={false}
        value={input.stdin}
        onChange={(event) => change({ stdin: event.target.value })}
      />
      <p id={`${id}-stdin-hint`} className="hint">
        {input.stdin === ''
          ? 'Empty: the program reads what you type in the terminal while it runs.'
          : 'The program reads this text and then the end of input.'}
      </p>

      <label htmlFor={`${id}-args`}>Arguments</label>
      <input
        id={`${id}-args`}
        type="text"
        className="field mono"
        aria-describedby={`${id}-args-hint`}
        spellCheck={false}
        autoCapitalize="off"
        value={input.args}
        onChange={(event) => change({ args: event.target.value })}
      />
      <p id={`${id}-args-hint`} className="hint">
        {args.length === 0
          ? 'Separated by spaces; quotes keep words together.'
          : args.map((arg) => `[${arg}]`).join(' ')}
      </p>

      <fieldset className="limits">
        <legend>Limits</legend>
        <label>
          Time in seconds
          <input
            type="text"
            inputMode="decimal"
            className="field"
            placeholder={limits ? String(limits.wallTimeMs / 1000) : ''}
            value={input.wallTimeSeconds}
            onChange={(event) => change({ wallTimeSeconds: event.target.value })}
          />
        </label>
        <label>
          CPU time in seconds
          <input
            type="text"
            inputMode="decimal"
            className="field"
            placeholder={limits ? String(limits.cpuTimeMs / 1000) : ''}
            value={input.cpuTimeSeconds}
            onChange={(event) => change({ cpuTimeSeconds: event.target.value })}
          />
        </label>
        <label>
          Memory in MB
          <input
            type="text"
            inputMode="decimal"
            className="field"
            placeholder={limits ? String(Math.round(limits.memoryBytes / 1024 / 1024)) : ''}
            value={input.memoryMb}
            onChange={(event) => change({ memoryMb: event.target.value })}
          />
        </label>
      </fieldset>
      <p className="hint">Empty: the usual limits of the language.</p>
    </div>
  )
}
