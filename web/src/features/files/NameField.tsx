import { useId, useRef, useState } from 'react'

interface Properties {
  readonly label: string
  readonly initial: string
  /** Returns what is wrong with the name, or null when it was taken. */
  readonly onSubmit: (name: string) => string | null
  readonly onCancel: () => void
}

/** A name being typed: Enter takes it, Escape leaves it, leaving the field takes it when it is good. */
export function NameField({ label, initial, onSubmit, onCancel }: Properties) {
  const [name, setName] = useState(initial)
  const [problem, setProblem] = useState<string | null>(null)
  const problemId = useId()
  const done = useRef(false)

  const submit = () => {
    const wrong = name === '' ? 'A file needs a name.' : onSubmit(name.trim())
    setProblem(wrong)
    done.current = wrong === null
  }
  return (
    <span className="name-field">
      <input
        // The field appears because a name was asked for.
        // oxlint-disable-next-line jsx-a11y/no-autofocus
        autoFocus
        type="text"
        className="field"
        aria-label={label}
        aria-invalid={problem !== null}
        aria-describedby={problem === null ? undefined : problemId}
        spellCheck={false}
        autoCapitalize="off"
        value={name}
        onChange={(event) => {
          setName(event.target.value)
          setProblem(null)
        }}
        onFocus={(event) => {
          const { value } = event.target
          const start = value.lastIndexOf('/') + 1
          const dot = value.lastIndexOf('.')
          event.target.setSelectionRange(start, dot > start ? dot : value.length)
        }}
        onBlur={() => {
          if (!done.current) {
            onCancel()
          }
        }}
        onKeyDown={(event) => {
          event.stopPropagation()
          if (event.key === 'Enter') {
            submit()
          } else if (event.key === 'Escape') {
            event.preventDefault()
            done.current = true
            onCancel()
          }
        }}
      />
      {problem !== null && (
        <span id={problemId} className="field-problem" role="alert">
          {problem}
        </span>
      )}
    </span>
  )
}
