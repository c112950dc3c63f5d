import { useState } from 'react'

import { useAppState, useServices } from '../../app/context.js'
import { copyText } from '../../ui/copy-text.js'
import { IconButton } from '../../ui/IconButton.js'
import { download } from '../files/download.js'

/** Copy, download and clear what was printed. */
export function TerminalTools() {
  const { terminal } = useServices()
  const idle = useAppState((state) => state.run.phase === 'idle')
  const [said, setSaid] = useState('')
  const copy = async () => {
    const copied = await copyText(terminal.transcript())
    setSaid(copied ? 'Output copied' : 'The browser does not allow copying here; use Download')
    setTimeout(() => setSaid(''), 2500)
  }
  return (
    <div className="tools">
      <span role="status" className="said">
        {said}
      </span>
      <IconButton icon="copy" label="Copy output" disabled={idle} onClick={() => void copy()} />
      <IconButton
        icon="download"
        label="Download output"
        disabled={idle}
        onClick={() => download('output.txt', terminal.transcript())}
      />
      <IconButton icon="clear" label="Clear the terminal" disabled={idle} onClick={terminal.clear} />
    </div>
  )
}
