import type { AnalysisFinding } from '../../api/wire.js'
import type { RunState } from '../../state/run-slice.js'

/** One thing said about one place, by the compiler, the running program or the analysis. */
export interface Marker {
  readonly source: 'program' | 'analysis'
  readonly severity: 'error' | 'warning' | 'info'
  /** `critical`, `high`… of the analysis, else the severity. */
  readonly level: string
  readonly file: string
  readonly line: number
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
  readonly message: string
  readonly rule: string
}

/** Analysis gives advice, so it never shows as an error: the program may well be meant to do this. */
const SEVERITY_OF_LEVEL = { critical: 'warning', high: 'warning', medium: 'warning', low: 'info' } as const

/** Every marker, in the order of files and lines. */
export function allMarkers(
  diagnostics: RunState['diagnostics'],
  findings: readonly AnalysisFinding[],
  entry: string,
): Marker[] {
  const ofProgram = diagnostics.map((item): Marker => ({
    ...item,
    source: 'program',
    level: item.severity,
    endLine: item.line,
    endColumn: item.column,
    rule: '',
  }))
  const ofAnalysis = findings.map((item): Marker => ({
    source: 'analysis',
    severity: SEVERITY_OF_LEVEL[item.severity],
    level: item.severity,
    file: item.file || entry,
    line: item.line,
    column: item.column,
    endLine: item.endLine ?? item.line,
    endColumn: item.endColumn ?? item.column,
    message: item.message,
    rule: item.rule,
  }))
  return [...ofProgram, ...ofAnalysis].toSorted(
    (a, b) => a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column,
  )
}
