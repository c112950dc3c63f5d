import { useEffect, useRef, useState } from 'react'

import { useAppState, useServices } from '../../app/context.js'
import { isRunning } from '../../state/run-slice.js'
import { whenIdle } from '../editor/when-idle.js'
import { RUN_KEYS_IN_WORDS } from '../run/RunButton.js'
import { useDark } from '../settings/use-dark.js'
import type { TerminalView } from './terminal-view.js'

/** The terminal, loaded after the first paint; what a program printed before that is drawn when it is there. */
export function TerminalPanel() {
  const { terminal, run, store } = useServices()
  const host = useRef<HTMLDivElement>(null)
  const [view, setView] = useState<TerminalView | null>(null)
  const dark = useDark()
  const fontSize = useAppState((state) => state.view.settings.fontSize)
  const screenReader = useAppState((state) => state.view.settings.screenReader)
  const running = useAppState((state) => isRunning(state.run.phase))
  const takesInput = useAppState((state) => state.run.phase === 'run' && state.run.inputMode === 'terminal')
  const idle = useAppState((state) => state.run.phase === 'idle')
  const hasStdin = useAppState((state) => state.project.input.stdin !== '')

  useEffect(() => {
    let made: TerminalView | null = null
    let gone = false
    const load = () => import('./terminal-view.js')
    const make = async () => {
      const { createTerminalView } = await load()
      if (!gone && host.current) {
        made = createTerminalView(host.current, terminal, {
          onInput: run.type,
          onResize: run.resize,
          isRunning: () => isRunning(store.getState().run.phase),
        })
        setView(made)
      }
    }
    // Characters can only be measured where there is room: on a phone the terminal may be hidden for long.
    const observer = new ResizeObserver(([entry]) => {
      if (entry && entry.contentRect.width > 0) {
        observer.disconnect()
        void make()
      }
    })
    const cancel = whenIdle(() => {
      void load()
      if (host.current) {
        observer.observe(host.current)
      }
    })
    return () => {
      gone = true
      cancel()
      observer.disconnect()
      made?.dispose()
    }
  }, [terminal, run, store])

  useEffect(() => view?.applyLook({ dark, fontSize, screenReader }), [view, dark, fontSize, screenReader])

  useEffect(() => {
    view?.setTyping(takesInput, running)
  }, [view, takesInput, running])

  return (
    <div className="terminal-pane">
      <div ref={host} className="terminal-host" />
      {idle && (
        <p className="empty terminal-empty">
          Press Run or {RUN_KEYS_IN_WORDS}. Output appears here
          {hasStdin
            ? '; the program reads what is in the Input tab.'
            : '; while the program runs, type here.'}
        </p>
      )}
    </div>
  )
}
