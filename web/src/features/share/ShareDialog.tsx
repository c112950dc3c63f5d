import { useId, useMemo, useState } from 'react'

import { toProblem } from '../../api/problem.js'
import { useAppState, useDispatch, useServices } from '../../app/context.js'
import { projectSize } from '../../state/project.js'
import { copyText } from '../../ui/copy-text.js'
import { Dialog } from '../../ui/Dialog.js'
import { parseArgs } from '../input/parse-args.js'
import { wireFiles } from '../run/execute-body.js'
import { SHARE_PARAMETER } from './open-link.js'
import { encodeFragment, MAX_FRAGMENT_CHARACTERS } from './share-codec.js'

/** Nothing this large becomes a link, so it is not even compressed. */
const MAX_PROJECT_CHARACTERS = 1_000_000

/** Two kinds of links: one that carries the program itself, and a short one that this server keeps for a while. */
export function ShareDialog() {
  const dispatch = useDispatch()
  const canKeep = useAppState((state) => state.service.capabilities?.shares ?? false)
  return (
    <Dialog title="Share" onClose={() => dispatch({ type: 'dialog-shown', dialog: null })}>
      <PrivateLink />
      {canKeep && <ShortLink />}
    </Dialog>
  )
}

function PrivateLink() {
  const { language, project, input } = useAppState((state) => state.project)
  const cases = useAppState((state) => state.tests.cases)
  const link = useMemo(
    () =>
      projectSize(project) > MAX_PROJECT_CHARACTERS
        ? null
        : `${location.origin}${location.pathname}${encodeFragment({ language, project, input, tests: cases })}`,
    [language, project, input, cases],
  )
  return (
    <section>
      <h3>Link with the program inside</h3>
      {link === null || link.length > MAX_FRAGMENT_CHARACTERS ? (
        <p className="hint">
          This program is too large for a link of its own. Download it as a zip, or make it smaller.
        </p>
      ) : (
        <>
          <p className="hint">
            Nothing is stored anywhere: the link itself is the program, its input and its tests.
          </p>
          <CopyField label="Link with the program inside" value={link} />
        </>
      )}
    </section>
  )
}

function ShortLink() {
  const { api } = useServices()
  const { language, project, input } = useAppState((state) => state.project)
  const [busy, setBusy] = useState(false)
  const [link, setLink] = useState('')
  const [note, setNote] = useState('')

  const make = async () => {
    setBusy(true)
    try {
      const args = parseArgs(input.args)
      const share = await api.createShare({
        language,
        files: wireFiles(project),
        ...(input.stdin === '' ? {} : { stdin: input.stdin }),
        ...(args.length > 0 ? { args } : {}),
      })
      setLink(`${location.origin}${location.pathname}?${SHARE_PARAMETER}=${encodeURIComponent(share.id)}`)
      setNote(share.expiresAt ? `Works until ${new Date(share.expiresAt).toLocaleString()}.` : '')
    } catch (error) {
      const { message, advice } = toProblem(error)
      setNote(`${message} ${advice}`.trim())
    } finally {
      setBusy(false)
    }
  }
  return (
    <section>
      <h3>Short link</h3>
      <p className="hint">
        The program and its input are kept on this server until the link expires. Whoever has the link can
        read them.
      </p>
      {link === '' ? (
        <button type="button" className="button" disabled={busy} onClick={() => void make()}>
          {busy ? 'Making the link…' : 'Make a short link'}
        </button>
      ) : (
        <CopyField label="Short link" value={link} />
      )}
      <p role="status" className="hint">
        {note}
      </p>
    </section>
  )
}

function CopyField({ label, value }: { readonly label: string; readonly value: string }) {
  const [said, setSaid] = useState('')
  const id = useId()
  return (
    <div className="copy-field">
      <input
        id={id}
        type="text"
        className="field mono"
        aria-label={label}
        readOnly
        value={value}
        onFocus={(event) => event.target.select()}
      />
      <button
        type="button"
        className="button primary"
        onClick={() =>
          void copyText(value).then((copied) => {
            document.querySelector<HTMLInputElement>(`#${CSS.escape(id)}`)?.select()
            setSaid(copied ? 'Copied' : 'Selected: copy it with the keyboard')
          })
        }
      >
        Copy
      </button>
      <span role="status" className="said">
        {said}
      </span>
    </div>
  )
}
