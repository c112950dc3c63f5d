import type { ReactNode } from 'react'

import { useAppState, useDispatch, useServices } from '../../app/context.js'
import type { Settings } from '../../state/settings.js'
import { Dialog } from '../../ui/Dialog.js'
import { RUN_KEYS_IN_WORDS } from '../run/RunButton.js'

const FONT_SIZES = [11, 12, 13, 14, 15, 16, 18, 20, 24]
const TAB_SIZES = [2, 3, 4, 8]

const KEYS: readonly (readonly [string, string])[] = [
  [RUN_KEYS_IN_WORDS, 'Run'],
  ['Escape while it runs, outside the terminal', 'Stop'],
  ['F6, Shift+F6', 'Next region, region before: header, files, editor, results'],
  ['Ctrl+M in the editor', 'Let Tab leave the editor'],
  ['Escape, then Tab in the plain editor', 'Leave the editor'],
  ['F1 in the editor', 'All commands of the editor'],
  ['F2, Delete on a file', 'Rename, delete'],
  ['Ctrl+C, Ctrl+D in the terminal', 'Interrupt the program, end its input'],
]

export function SettingsDialog() {
  const dispatch = useDispatch()
  const { history } = useServices()
  const settings = useAppState((state) => state.view.settings)
  const set = (change: Partial<Settings>) => dispatch({ type: 'settings-changed', settings: change })
  return (
    <Dialog title="Settings" onClose={() => dispatch({ type: 'dialog-shown', dialog: null })}>
      <section className="settings">
        <Choice
          label="Theme"
          value={settings.theme}
          options={[
            ['system', 'As the system'],
            ['light', 'Light'],
            ['dark', 'Dark'],
          ]}
          onChange={(theme) => set({ theme })}
        />
        <Choice
          label="Results"
          value={settings.layout}
          options={[
            ['auto', 'Where there is room'],
            ['right', 'Right of the code'],
            ['bottom', 'Below the code'],
          ]}
          onChange={(layout) => set({ layout })}
        />
        <Choice
          label="Editor"
          value={settings.editor}
          options={[
            ['auto', 'As the device suggests'],
            ['full', 'Full (Monaco)'],
            ['plain', 'Plain text'],
          ]}
          onChange={(editor) => set({ editor })}
        />
        <Choice
          label="Font size"
          value={String(settings.fontSize)}
          options={FONT_SIZES.map((size) => [String(size), `${size} px`])}
          onChange={(size) => set({ fontSize: Number(size) })}
        />
        <Choice
          label="Width of Tab"
          value={String(settings.tabSize)}
          options={TAB_SIZES.map((size) => [String(size), `${size} spaces`])}
          onChange={(size) => set({ tabSize: Number(size) })}
        />
        <Flag
          label="Wrap long lines"
          value={settings.wrapLines}
          onChange={(wrapLines) => set({ wrapLines })}
        />
        <Flag
          label="Check the code while typing"
          hint="Sends the code to the service’s analysis after a pause; else it goes there with each run."
          value={settings.analyzeWhileTyping}
          onChange={(analyzeWhileTyping) => set({ analyzeWhileTyping })}
        />
        <Flag
          label="Keep a history of runs in this browser"
          value={settings.keepHistory}
          onChange={(keepHistory) => {
            set({ keepHistory })
            if (!keepHistory) {
              history.clear()
            }
          }}
        />
        <Flag
          label="Terminal and editor for screen readers"
          hint="Reads new output aloud as it comes. Takes effect in the editor with the next program."
          value={settings.screenReader}
          onChange={(screenReader) => set({ screenReader })}
        />
      </section>
      <h3>Keys</h3>
      <dl className="keys">
        {KEYS.map(([keys, what]) => (
          <div key={keys}>
            <dt>{keys}</dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <p className="hint">
        <a href="/third-party-licences.txt" target="_blank" rel="noreferrer">
          Licences of the libraries in this page
        </a>
      </p>
    </Dialog>
  )
}

interface ChoiceProperties<T extends string> {
  readonly label: string
  readonly value: T
  readonly options: readonly (readonly [T, string])[]
  readonly onChange: (value: T) => void
}

function Choice<T extends string>({ label, value, options, onChange }: ChoiceProperties<T>) {
  return (
    <label className="setting">
      <span>{label}</span>
      <select
        className="field"
        value={value}
        onChange={(event) => {
          const chosen = options.find(([option]) => option === event.target.value)
          if (chosen) {
            onChange(chosen[0])
          }
        }}
      >
        {options.map(([option, text]) => (
          <option key={option} value={option}>
            {text}
          </option>
        ))}
      </select>
    </label>
  )
}

interface FlagProperties {
  readonly label: string
  readonly hint?: ReactNode
  readonly value: boolean
  readonly onChange: (value: boolean) => void
}

function Flag({ label, hint, value, onChange }: FlagProperties) {
  return (
    <label className="setting flag">
      <input type="checkbox" checked={value} onChange={(event) => onChange(event.target.checked)} />
      <span>
        {label}
        {hint && <span className="hint">{hint}</span>}
      </span>
    </label>
  )
}
