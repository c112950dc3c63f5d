import type { Marker } from '../findings/markers.js'
import { MarkerSeverity, type editor } from './monaco.js'

type Model = Parameters<typeof editor.setModelMarkers>[0]
type MarkerData = Parameters<typeof editor.setModelMarkers>[2][number]

const SEVERITIES = {
  error: MarkerSeverity.Error,
  warning: MarkerSeverity.Warning,
  info: MarkerSeverity.Info,
} as const

/** Compilers mostly name a point: then the word there is underlined, or the line when there is none. */
export function toMarkerData(marker: Marker, model: Model): MarkerData {
  const line = Math.min(marker.line, model.getLineCount())
  const column = Math.min(marker.column, model.getLineMaxColumn(line))
  const word = model.getWordAtPosition({ lineNumber: line, column })
  const isPoint = marker.endLine === marker.line && marker.endColumn <= marker.column
  const first = model.getLineFirstNonWhitespaceColumn(line) || 1
  const ofLine = { startColumn: first, endColumn: model.getLineMaxColumn(line) }
  const place = word ? { startColumn: word.startColumn, endColumn: word.endColumn } : ofLine
  return {
    severity: SEVERITIES[marker.severity],
    message: marker.message,
    source: marker.rule,
    startLineNumber: line,
    endLineNumber: isPoint ? line : Math.min(marker.endLine, model.getLineCount()),
    startColumn: isPoint ? place.startColumn : column,
    endColumn: isPoint ? place.endColumn : marker.endColumn,
  }
}
