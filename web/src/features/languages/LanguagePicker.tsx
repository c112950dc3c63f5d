import { useId, useMemo, useRef, useState, type KeyboardEvent } from 'react'
import { createPortal } from 'react-dom'

import type { Language } from '../../api/wire.js'
import { useAppState, useServices } from '../../app/context.js'
import { Icon } from '../../ui/Icon.js'
import { usePopup } from '../../ui/use-popup.js'
import { findLanguage } from '../run/execute-body.js'
import { searchLanguages } from './search-languages.js'

const STATE_WORDS: Readonly<Record<Language['state'], string>> = {
  ready: '',
  installing: 'being prepared',
  failed: 'does not work at the moment',
  absent: 'not installed',
}

export function LanguagePicker() {
  const { open, show, hide, anchor, content } = usePopup()
  const current = useAppState((state) => findLanguage(state.service.languages, state.project.language))
  const id = useAppState((state) => state.project.language)
  return (
    <>
      <button
        ref={anchor}
        type="button"
        className="language-button"
        aria-haspopup="dialog"
        aria-expanded={open}
        onClick={open ? hide : show}
      >
        <span className="visually-hidden">Language: </span>
        <span className="language-name">{current?.name ?? (id || 'Loading…')}</span>
        {current && <span className="version">{current.version || STATE_WORDS[current.state]}</span>}
        <Icon name="chevron" />
      </button>
      {open &&
        createPortal(
          <div ref={content} className="popup language-popup" role="dialog" aria-label="Choose a language">
            <LanguageList onDone={hide} />
          </div>,
          document.body,
        )}
    </>
  )
}

function LanguageList({ onDone }: { readonly onDone: () => void }) {
  const { programs } = useServices()
  const languages = useAppState((state) => state.service.languages)
  const selected = useAppState((state) => state.project.language)
  const [query, setQuery] = useState('')
  const [active, setActive] = useState(0)
  const list = useRef<HTMLDivElement>(null)
  const listId = useId()
  const found = useMemo(() => searchLanguages(languages, query), [languages, query])
  const activeIndex = Math.min(active, found.length - 1)

  const choose = (language: Language | undefined) => {
    if (language) {
      programs.openLanguage(language.id)
      onDone()
    }
  }
  const move = (to: number) => {
    const index = (to + found.length) % found.length
    setActive(index)
    list.current?.children[index]?.scrollIntoView({ block: 'nearest' })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const moves = { ArrowDown: activeIndex + 1, ArrowUp: activeIndex - 1 }
    if (event.key === 'Enter') {
      event.preventDefault()
      choose(found[activeIndex])
    } else if (event.key === 'Tab') {
      onDone()
    } else if (found.length > 0 && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      event.preventDefault()
      move(moves[event.key])
    }
  }
  return (
    <>
      <input
        // The search is what the popup was opened for.
        // oxlint-disable-next-line jsx-a11y/no-autofocus
        autoFocus
        type="text"
        className="field"
        role="combobox"
        aria-label="Search languages"
        aria-expanded="true"
        aria-controls={listId}
        aria-activedescendant={found[activeIndex] ? `${listId}-${found[activeIndex].id}` : undefined}
        placeholder="Search languages"
        autoComplete="off"
        spellCheck={false}
        value={query}
        onChange={(event) => {
          setQuery(event.target.value)
          setActive(0)
        }}
        onKeyDown={onKeyDown}
      />
      <div ref={list} id={listId} className="options" role="listbox" aria-label="Languages" tabIndex={-1}>
        {found.map((language, index) => (
          // The search field keeps the focus and its keys move through the options.
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
          <div
            key={language.id}
            id={`${listId}-${language.id}`}
            role="option"
            tabIndex={-1}
            className="option"
            aria-selected={language.id === selected}
            data-active={index === activeIndex}
            data-state={language.state}
            onClick={() => choose(language)}
            onPointerMove={() => setActive(index)}
          >
            <span className="option-check">{language.id === selected && <Icon name="check" />}</span>
            <span>{language.name}</span>
            <span className="version">{language.version}</span>
            <span className="option-state">{STATE_WORDS[language.state]}</span>
          </div>
        ))}
      </div>
      {found.length === 0 && <p className="hint">No language matches “{query}”.</p>}
    </>
  )
}
