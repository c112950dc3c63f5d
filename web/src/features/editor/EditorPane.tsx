import {
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
  type ComponentType,
  type ComponentProps,
} from 'react'

import { useAppState, useDispatch } from '../../app/context.js'
import { findFile } from '../../state/project.js'
import { formatBytes } from '../../ui/format.js'
import { useMedia } from '../../ui/use-media.js'
import { useMarkers } from '../findings/use-markers.js'
import { findLanguage } from '../run/execute-body.js'
import { useDark } from '../settings/use-dark.js'
import type { EditorPlace } from './editor-types.js'
import type MonacoEditor from './MonacoEditor.js'
import { PlainEditor, type PlainEditorHandle } from './PlainEditor.js'
import { whenIdle } from './when-idle.js'

type FullEditor = ComponentType<ComponentProps<typeof MonacoEditor>>

/** Loaded once, however often editors come and go. */
let loaded: FullEditor | null = null

/** The plain editor at once; the full one takes its place, cursor and all, when it is there. */
export function EditorPane() {
  const dispatch = useDispatch()
  const settings = useAppState((state) => state.view.settings)
  const program = useAppState((state) => state.project.program)
  const path = useAppState((state) => state.project.activePath)
  const file = useAppState((state) => findFile(state.project.project, state.project.activePath))
  const language = useAppState((state) => findLanguage(state.service.languages, state.project.language))
  const jump = useAppState((state) => state.view.jump)
  const markers = useMarkers()
  const own = useMemo(() => markers.filter((marker) => marker.file === path), [markers, path])
  const dark = useDark()
  const coarse = useMedia('(pointer: coarse)')
  const wantsFull = settings.editor === 'full' || (settings.editor === 'auto' && !coarse)
  const { Full, place, plain } = useFullEditor(wantsFull)

  const onChange = useCallback(
    (changed: string, content: string) => dispatch({ type: 'file-typed', path: changed, content }),
    [dispatch],
  )

  useEffect(() => {
    if (jump && jump.path !== path) {
      dispatch({ type: 'file-opened', path: jump.path })
    }
    // A new jump is the reason, not a change of file after it.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [jump, dispatch])

  if (file?.encoding === 'base64') {
    const bytes = Math.floor((file.content.length * 3) / 4)
    return (
      <p className="empty">
        {path} is not text ({formatBytes(bytes)}). It is given to the program as it is.
      </p>
    )
  }
  const extension = path.slice(path.lastIndexOf('.') + 1)
  const properties = {
    path,
    content: file?.content ?? '',
    languageId: language?.extensions.includes(extension) ? language.monaco : null,
    dark,
    fontSize: settings.fontSize,
    tabSize: settings.tabSize,
    wrapLines: settings.wrapLines,
    markers: own,
    jump,
    onChange,
  }
  return Full ? (
    <Full key={program} {...properties} place={place} screenReader={settings.screenReader} />
  ) : (
    <PlainEditor key={program} {...properties} handle={plain} />
  )
}

function useFullEditor(wanted: boolean) {
  const [Full, setFull] = useState<FullEditor | null>(() => (wanted ? loaded : null))
  const [place, setPlace] = useState<EditorPlace | null>(null)
  const plain = useRef<PlainEditorHandle>(null)

  useEffect(() => {
    if (!wanted) {
      return undefined
    }
    let gone = false
    const takeOver = () => {
      const where = plain.current?.place()
      if (gone) {
        return
      }
      if (plain.current && !where) {
        setTimeout(takeOver, 200)
        return
      }
      setPlace(where ?? null)
      setFull(() => loaded)
    }
    const cancel = whenIdle(() => {
      void import('./MonacoEditor.js').then(
        (module) => {
          loaded = module.default
          takeOver()
        },
        // The plain editor does everything that is needed; the next visit tries again.
        () => undefined,
      )
    })
    return () => {
      gone = true
      cancel()
    }
  }, [wanted])
  return { Full: wanted ? Full : null, place, plain }
}
