import type { Marker } from '../findings/markers.js'
import type { Jump } from '../../state/view-slice.js'

/** What both editors take; the page knows nothing else about them. */
export interface EditorProperties {
  readonly path: string
  readonly content: string
  /** Monaco's id of the file's language, or null to go by the name. */
  readonly languageId: string | null
  readonly dark: boolean
  readonly fontSize: number
  readonly tabSize: number
  readonly wrapLines: boolean
  readonly markers: readonly Marker[]
  readonly jump: Jump | null
  readonly onChange: (path: string, content: string) => void
}

/** Where a person was in one editor when the other takes over. */
export interface EditorPlace {
  readonly path: string
  /** Offsets in the text. */
  readonly start: number
  readonly end: number
  readonly scrollTop: number
  readonly focused: boolean
}

export const LINE_HEIGHT = 1.5
export const EDITOR_FONT =
  'ui-monospace, "SF Mono", SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace'
