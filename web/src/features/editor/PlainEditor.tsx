import { useEffect, useImperativeHandle, useLayoutEffect, useRef, type KeyboardEvent, type Ref } from 'react'

import { LINE_HEIGHT, type EditorPlace, type EditorProperties } from './editor-types.js'

export interface PlainEditorHandle {
  /** Null while an input method composes: then nothing may take the place of this editor. */
  place(): EditorPlace | null
}

interface Properties extends EditorProperties {
  readonly handle: Ref<PlainEditorHandle>
}

/** A text area with line numbers: there at once, good on a phone, and all that some people want. */
export function PlainEditor(properties: Properties) {
  const { path, content, fontSize, tabSize, wrapLines, markers, jump, onChange, handle } = properties
  const area = useRef<HTMLTextAreaElement>(null)
  const gutter = useRef<HTMLDivElement>(null)
  const composing = useRef(false)
  const leaving = useRef(false)
  const handledJump = useRef(0)
  const lineCount = content.split('\n').length
  const linePx = Math.round(fontSize * LINE_HEIGHT)

  useImperativeHandle(handle, () => ({
    place: () => {
      const { current } = area
      if (!current || composing.current) {
        return null
      }
      return {
        path,
        start: current.selectionStart,
        end: current.selectionEnd,
        scrollTop: current.scrollTop,
        focused: document.activeElement === current,
      }
    },
  }))

  useLayoutEffect(() => {
    area.current?.scrollTo(0, 0)
    // Another file is the reason, though only the element is used.
    // oxlint-disable-next-line react/exhaustive-effect-dependencies
  }, [path])

  useEffect(() => {
    if (jump && jump.path === path && jump.request !== handledJump.current && area.current) {
      handledJump.current = jump.request
      const offset = offsetOf(area.current.value, jump.line, jump.column)
      area.current.focus()
      area.current.setSelectionRange(offset, offset)
      area.current.scrollTop = Math.max(0, (jump.line - 4) * linePx)
    }
  }, [jump, path, linePx])

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key === 'Escape') {
      leaving.current = true
      return
    }
    const indents =
      event.key === 'Tab' && !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey
    if (indents && !leaving.current) {
      event.preventDefault()
      // The command keeps the browser's own undo; setting the value would lose it.
      document.execCommand('insertText', false, ' '.repeat(tabSize))
    }
    leaving.current = false
  }

  return (
    <div className="plain-editor" style={{ fontSize, lineHeight: `${linePx}px` }}>
      <div ref={gutter} className="plain-gutter" aria-hidden="true">
        {Array.from({ length: wrapLines ? 0 : lineCount }, (_, index) => (
          <span key={index} data-severity={markers.find((marker) => marker.line === index + 1)?.severity}>
            {index + 1}
          </span>
        ))}
      </div>
      <textarea
        ref={area}
        aria-label={`Code of ${path}`}
        aria-describedby="plain-editor-help"
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        autoCorrect="off"
        wrap={wrapLines ? 'soft' : 'off'}
        style={{ tabSize }}
        value={content}
        onChange={(event) => onChange(path, event.target.value)}
        onKeyDown={onKeyDown}
        onCompositionStart={() => {
          composing.current = true
        }}
        onCompositionEnd={() => {
          composing.current = false
        }}
        onScroll={(event) => {
          if (gutter.current) {
            gutter.current.scrollTop = event.currentTarget.scrollTop
          }
        }}
      />
      <p id="plain-editor-help" className="visually-hidden">
        Tab indents. Press Escape, then Tab, to leave the editor.
      </p>
    </div>
  )
}

function offsetOf(text: string, line: number, column: number): number {
  let offset = 0
  for (let at = 1; at < line; at += 1) {
    const end = text.indexOf('\n', offset)
    if (end === -1) {
      return text.length
    }
    offset = end + 1
  }
  const end = text.indexOf('\n', offset)
  return Math.min(offset + column - 1, end === -1 ? text.length : end)
}
