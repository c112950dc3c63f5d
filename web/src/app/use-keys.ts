import { useEffect } from 'react'

import { isRunning } from '../state/run-slice.js'
import { useServices } from './context.js'

const REGIONS = [
  '.header button',
  '#files-panel [tabindex="0"]',
  '.editor-area textarea, .editor-area .native-edit-context',
  '.pane [role=tab][tabindex="0"]',
]

/** Keys that work wherever the focus is; they are taken before the editor sees them. */
export function useKeys(): void {
  const { run, store } = useServices()
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const inDialog = document.querySelector('dialog[open]') !== null
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !inDialog) {
        take(event)
        if (!event.repeat) {
          run.start()
        }
      } else if (event.key === 'F6') {
        take(event)
        moveFocus(event.shiftKey ? -1 : 1)
      } else if (event.key === 'Escape' && isRunning(store.getState().run.phase) && isFree(event.target)) {
        take(event)
        run.stop()
      }
    }
    addEventListener('keydown', onKeyDown, true)
    return () => removeEventListener('keydown', onKeyDown, true)
  }, [run, store])
}

function take(event: KeyboardEvent): void {
  event.preventDefault()
  event.stopPropagation()
}

/** Escape means something of its own in a terminal, an editor, a menu or a field. */
function isFree(target: EventTarget | null): boolean {
  return !(
    target instanceof Element &&
    target.closest('.terminal-pane, .editor-area, .popup, dialog, input, textarea, select') !== null
  )
}

/** Goes round the regions that are on the screen. */
function moveFocus(step: 1 | -1): void {
  const stops = REGIONS.flatMap((selector) => {
    const found = [...document.querySelectorAll<HTMLElement>(selector)].find(
      (element) => element.offsetParent !== null || element.isContentEditable,
    )
    return found ? [found] : []
  })
  const at = stops.findIndex((stop) => regionOf(stop)?.contains(document.activeElement))
  const next = at === -1 ? 0 : (at + step + stops.length) % stops.length
  stops[next]?.focus()
}

function regionOf(element: Element): Element | null {
  return element.closest('.header, #files-panel, .editor-area, .pane')
}
