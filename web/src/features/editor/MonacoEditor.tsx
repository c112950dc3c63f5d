import { useEffect, useLayoutEffect, useRef } from 'react'

import { EDITOR_FONT, LINE_HEIGHT, type EditorPlace, type EditorProperties } from './editor-types.js'
import { createModels, type Models } from './models.js'
import { editor } from './monaco.js'
import { toMarkerData } from './monaco-markers.js'

interface Properties extends EditorProperties {
  /** Where the person was in the plain editor that this one replaces. */
  readonly place: EditorPlace | null
  readonly screenReader: boolean
}

type CodeEditor = ReturnType<typeof editor.create>

/** The full editor. It lives as long as the program on the page: undo never reaches another one. */
export default function MonacoEditor(properties: Properties) {
  const { path, content, languageId, dark, fontSize, tabSize, wrapLines, markers, jump, place } = properties
  const host = useRef<HTMLDivElement>(null)
  const instance = useRef<CodeEditor | null>(null)
  const models = useRef<Models | null>(null)
  const latest = useRef(properties)
  // The plain editor before this one has followed every jump so far.
  const handledJump = useRef(place ? (jump?.request ?? 0) : 0)
  latest.current = properties

  useLayoutEffect(() => {
    if (!host.current) {
      return undefined
    }
    const { current } = latest
    models.current = createModels((changed, text) => latest.current.onChange(changed, text))
    instance.current = editor.create(host.current, {
      model: null,
      theme: themeName(current.dark),
      automaticLayout: true,
      fontFamily: EDITOR_FONT,
      minimap: { enabled: false },
      scrollBeyondLastLine: false,
      fixedOverflowWidgets: true,
      padding: { top: 8, bottom: 8 },
      lineNumbersMinChars: 3,
      renderLineHighlight: 'line',
      // The number of the empty last line would be dimmed below a readable contrast.
      renderFinalNewline: 'on',
      stickyScroll: { enabled: false },
      tabFocusMode: false,
      accessibilitySupport: current.screenReader ? 'on' : 'auto',
      // Only words of the file itself: without a language server anything else would be a guess.
      wordBasedSuggestions: 'currentDocument',
      quickSuggestions: false,
    })
    return () => {
      instance.current?.dispose()
      models.current?.dispose()
    }
  }, [])

  useLayoutEffect(() => {
    const model = models.current?.get(path, content, languageId)
    const { current: shown } = instance
    if (!model || !shown) {
      return
    }
    if (shown.getModel() !== model) {
      models.current?.leave(shown)
      shown.setModel(model)
      models.current?.enter(shown, path)
    }
    // Only a change of file is a reason: what is typed comes from the model itself.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [path, languageId])

  useLayoutEffect(() => {
    models.current?.accept(path, content)
  }, [path, content])

  useLayoutEffect(() => {
    const { current: shown } = instance
    const model = shown?.getModel()
    if (place && place.path === path && shown && model) {
      const [start, end] = [model.getPositionAt(place.start), model.getPositionAt(place.end)]
      shown.setSelection({
        startLineNumber: start.lineNumber,
        startColumn: start.column,
        endLineNumber: end.lineNumber,
        endColumn: end.column,
      })
      shown.setScrollTop(place.scrollTop)
      if (place.focused) {
        shown.focus()
      }
    }
    // Once, when this editor takes over.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [])

  useEffect(() => {
    editor.setTheme(themeName(dark))
  }, [dark])

  useEffect(() => {
    instance.current?.updateOptions({
      ariaLabel: `Code of ${path}. Press Control+M to let Tab move the focus.`,
      fontSize,
      lineHeight: Math.round(fontSize * LINE_HEIGHT),
      tabSize,
      wordWrap: wrapLines ? 'on' : 'off',
    })
    instance.current?.getModel()?.updateOptions({ tabSize })
  }, [path, fontSize, tabSize, wrapLines])

  useEffect(() => {
    const model = instance.current?.getModel()
    if (model) {
      editor.setModelMarkers(
        model,
        'codeexec',
        markers.map((marker) => toMarkerData(marker, model)),
      )
    }
  }, [path, markers])

  useEffect(() => {
    const { current: shown } = instance
    if (jump && jump.path === path && jump.request !== handledJump.current && shown) {
      handledJump.current = jump.request
      const position = { lineNumber: jump.line, column: jump.column }
      shown.setPosition(position)
      shown.revealPositionInCenterIfOutsideViewport(position)
      shown.focus()
    }
  }, [jump, path])

  return <div ref={host} className="monaco-host" />
}

function themeName(dark: boolean): string {
  return dark ? 'codeexec-dark' : 'codeexec-light'
}
