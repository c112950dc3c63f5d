import { useRef, type KeyboardEvent, type PointerEvent } from 'react'

interface Properties {
  /** `vertical`: a bar between left and right. */
  readonly orientation: 'vertical' | 'horizontal'
  /** Share of the second part, in percent. */
  readonly value: number
  readonly onChange: (value: number) => void
  readonly label: string
}

export const MIN_SHARE = 20
export const MAX_SHARE = 75
const STEP = 4

/** Moves the border between the two parts beside it, by pointer or arrow keys. */
export function Splitter({ orientation, value, onChange, label }: Properties) {
  const bar = useRef<HTMLDivElement>(null)
  const set = (share: number) => onChange(Math.min(MAX_SHARE, Math.max(MIN_SHARE, share)))

  const onPointerMove = (event: PointerEvent) => {
    const parent = bar.current?.parentElement?.getBoundingClientRect()
    if (!parent || !bar.current?.hasPointerCapture(event.pointerId)) {
      return
    }
    set(
      orientation === 'vertical'
        ? ((parent.right - event.clientX) / parent.width) * 100
        : ((parent.bottom - event.clientY) / parent.height) * 100,
    )
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const [grow, shrink] = orientation === 'vertical' ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown']
    const change = { [grow ?? '']: STEP, [shrink ?? '']: -STEP }[event.key]
    if (change !== undefined) {
      event.preventDefault()
      set(value + change)
    }
  }
  return (
    // A separator that can be focused and moved is a widget; the lint rule knows only the static one.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      ref={bar}
      role="separator"
      className="splitter"
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      aria-label={label}
      aria-orientation={orientation}
      aria-valuenow={Math.round(value)}
      aria-valuemin={MIN_SHARE}
      aria-valuemax={MAX_SHARE}
      onPointerDown={(event) => bar.current?.setPointerCapture(event.pointerId)}
      onPointerMove={onPointerMove}
      onKeyDown={onKeyDown}
    />
  )
}
