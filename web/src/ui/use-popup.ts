import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react'

export interface Popup {
  readonly open: boolean
  readonly show: () => void
  /** Hides it; the focus goes back to the anchor unless something else took it. */
  readonly hide: () => void
  readonly anchor: RefObject<HTMLButtonElement | null>
  readonly content: RefObject<HTMLDivElement | null>
}

const GAP_PX = 4
const EDGE_PX = 8

/** Something that opens below its button, stays on the screen, and closes on Escape or a press elsewhere. */
export function usePopup(): Popup {
  const [open, setOpen] = useState(false)
  const anchor = useRef<HTMLButtonElement>(null)
  const content = useRef<HTMLDivElement>(null)

  const hide = useCallback(() => {
    if (content.current?.contains(document.activeElement)) {
      anchor.current?.focus()
    }
    setOpen(false)
  }, [])

  useLayoutEffect(() => {
    if (!open || !anchor.current || !content.current) {
      return
    }
    const button = anchor.current.getBoundingClientRect()
    const box = content.current.getBoundingClientRect()
    const below = button.bottom + GAP_PX
    const top = below + box.height > innerHeight - EDGE_PX ? button.top - GAP_PX - box.height : below
    const left = Math.min(button.left, innerWidth - EDGE_PX - box.width)
    content.current.style.top = `${Math.max(EDGE_PX, top)}px`
    content.current.style.left = `${Math.max(EDGE_PX, left)}px`
  }, [open])

  useEffect(() => {
    if (!open) {
      return undefined
    }
    const onPress = (event: PointerEvent) => {
      const target = event.target as Node
      if (!content.current?.contains(target) && !anchor.current?.contains(target)) {
        setOpen(false)
      }
    }
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape') {
        event.preventDefault()
        event.stopPropagation()
        hide()
      }
    }
    document.addEventListener('pointerdown', onPress)
    document.addEventListener('keydown', onKey, true)
    addEventListener('resize', hide)
    return () => {
      document.removeEventListener('pointerdown', onPress)
      document.removeEventListener('keydown', onKey, true)
      removeEventListener('resize', hide)
    }
  }, [open, hide])

  return { open, show: () => setOpen(true), hide, anchor, content }
}
