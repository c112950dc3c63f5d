import type { KeyboardEvent, ReactNode } from 'react'

export interface Tab<Id extends string> {
  readonly id: Id
  readonly label: string
  /** A number worth seeing from afar; screen readers hear it with `badgeLabel`. */
  readonly badge?: number
  readonly badgeLabel?: string
  readonly tone?: 'error' | 'warning'
}

interface Properties<Id extends string> {
  readonly label: string
  readonly tabs: readonly Tab<Id>[]
  readonly selected: Id
  readonly onSelect: (id: Id) => void
  readonly children?: ReactNode
}

export function tabId(id: string): string {
  return `tab-${id}`
}

export function panelId(id: string): string {
  return `panel-${id}`
}

/** A row of tabs: arrows select the next one, Home and End the first and last. */
export function Tabs<Id extends string>({ label, tabs, selected, onSelect, children }: Properties<Id>) {
  const onKeyDown = (event: KeyboardEvent) => {
    const at = tabs.findIndex((tab) => tab.id === selected)
    const to = {
      ArrowRight: at + 1,
      ArrowLeft: at - 1 + tabs.length,
      Home: 0,
      End: tabs.length - 1,
    }[event.key]
    const next = to === undefined ? undefined : tabs[to % tabs.length]
    if (next) {
      event.preventDefault()
      onSelect(next.id)
      document.querySelector<HTMLElement>(`#${tabId(next.id)}`)?.focus()
    }
  }
  return (
    <div className="tab-row">
      <div className="tabs" role="tablist" aria-label={label} tabIndex={-1} onKeyDown={onKeyDown}>
        {tabs.map((tab) => (
          <button
            key={tab.id}
            id={tabId(tab.id)}
            type="button"
            role="tab"
            className="tab"
            aria-selected={tab.id === selected}
            aria-controls={panelId(tab.id)}
            tabIndex={tab.id === selected ? 0 : -1}
            onClick={() => onSelect(tab.id)}
          >
            {tab.label}
            {tab.badge !== undefined && tab.badge > 0 && (
              <span className="badge" data-tone={tab.tone}>
                {tab.badge}
                <span className="visually-hidden"> {tab.badgeLabel}</span>
              </span>
            )}
          </button>
        ))}
      </div>
      {children}
    </div>
  )
}
