import { useEffect, type KeyboardEvent } from 'react'
import { createPortal } from 'react-dom'

import { Icon, type IconName } from './Icon.js'
import { IconButton } from './IconButton.js'
import { usePopup } from './use-popup.js'

export interface MenuItem {
  readonly label: string
  readonly icon: IconName
  readonly onSelect: () => void
  readonly disabled?: boolean
}

interface Properties {
  readonly label: string
  readonly items: readonly MenuItem[]
  readonly icon?: IconName
  readonly tabIndex?: number
  readonly className?: string
}

/** A button with a menu: arrows move, Home and End jump, Escape closes. */
export function Menu({ label, items, icon = 'dots', tabIndex = 0, className = '' }: Properties) {
  const { open, show, hide, anchor, content } = usePopup()
  const entries = () => [...(content.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])]

  useEffect(() => {
    if (open) {
      content.current?.querySelector<HTMLElement>('[role=menuitem]:not([aria-disabled=true])')?.focus()
    }
  }, [open, content])

  const onKeyDown = (event: KeyboardEvent) => {
    const all = entries()
    const at = all.indexOf(document.activeElement as HTMLElement)
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 + all.length, Home: 0, End: all.length - 1 }[event.key]
    if (to !== undefined) {
      event.preventDefault()
      all[to % all.length]?.focus()
    } else if (event.key === 'Tab') {
      hide()
    }
    event.stopPropagation()
  }

  return (
    <>
      <IconButton
        ref={anchor}
        icon={icon}
        label={label}
        className={className}
        tabIndex={tabIndex}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={(event) => {
          event.stopPropagation()
          if (open) {
            hide()
          } else {
            show()
          }
        }}
      />
      {open &&
        createPortal(
          <div
            ref={content}
            className="popup menu"
            role="menu"
            aria-label={label}
            tabIndex={-1}
            onKeyDown={onKeyDown}
          >
            {items.map((item) => (
              <button
                key={item.label}
                type="button"
                role="menuitem"
                tabIndex={-1}
                aria-disabled={item.disabled ?? false}
                onClick={(event) => {
                  event.stopPropagation()
                  if (!item.disabled) {
                    hide()
                    item.onSelect()
                  }
                }}
              >
                <Icon name={item.icon} />
                {item.label}
              </button>
            ))}
          </div>,
          document.body,
        )}
    </>
  )
}
