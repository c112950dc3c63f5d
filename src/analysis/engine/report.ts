/** Puts findings together: order, bounds, counts and notes. */
import type {
  AnalysisReport,
  AnalysisStatus,
  Finding,
  FindingCategory,
  Severity,
} from '../../contract/analysis.js'
import { SEVERITIES } from '../../contract/analysis.js'

const MAX_NOTES = 20

export interface Notes {
  readonly list: readonly string[]
  add(note: string): void
}

/** Notes for people, at most twenty: a hundred files must not make a hundred sentences. */
export function newNotes(first: readonly string[] = []): Notes {
  const list: string[] = []
  const add = (note: string): void => {
    if (list.length < MAX_NOTES) list.push(note)
    else list[MAX_NOTES - 1] = 'More was left out.'
  }
  for (const note of first) add(note)
  return { list, add }
}

/** A report without findings, for when there was nothing to look at or nothing to look with. */
export function emptyReport(
  language: string,
  status: AnalysisStatus,
  notes: readonly string[],
): AnalysisReport {
  return {
    findings: [],
    summary: {
      language,
      status,
      total: 0,
      bySeverity: countBySeverity([]),
      byCategory: {},
      worst: null,
      filesAnalyzed: 0,
      notes,
    },
  }
}

/** Sorts, cuts and counts. When the list is cut the worst findings stay. */
export function buildReport(
  language: string,
  files: readonly string[],
  found: readonly Finding[],
  listedFindings: number,
  notes: Notes,
): AnalysisReport {
  const fileOrder = new Map(files.map((name, index) => [name, index]))
  const sorted = found.toSorted(
    (a, b) =>
      (fileOrder.get(a.file) ?? 0) - (fileOrder.get(b.file) ?? 0) ||
      a.line - b.line ||
      a.column - b.column ||
      (a.rule < b.rule ? -1 : 1),
  )
  const bySeverity = countBySeverity(sorted)
  const findings = worstOf(sorted, listedFindings)
  if (findings.length < sorted.length) {
    notes.add(`${sorted.length} findings; the ${findings.length} worst are listed.`)
  }
  return {
    findings,
    summary: {
      language,
      status: notes.list.length > 0 ? 'partial' : 'complete',
      total: sorted.length,
      bySeverity,
      byCategory: countByCategory(sorted),
      worst: SEVERITIES.find((severity) => bySeverity[severity] > 0) ?? null,
      filesAnalyzed: files.length,
      notes: notes.list,
    },
  }
}

/** The worst `count` findings, in their given order. */
function worstOf(sorted: readonly Finding[], count: number): readonly Finding[] {
  if (sorted.length <= count) return sorted
  const kept = new Set(
    sorted
      .toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity))
      .slice(0, count),
  )
  return sorted.filter((finding) => kept.has(finding))
}

function countBySeverity(findings: readonly Finding[]): Record<Severity, number> {
  const counts: Record<Severity, number> = { critical: 0, high: 0, medium: 0, low: 0 }
  for (const { severity } of findings) counts[severity]++
  return counts
}

function countByCategory(findings: readonly Finding[]): Partial<Record<FindingCategory, number>> {
  const counts: Partial<Record<FindingCategory, number>> = {}
  for (const { category } of findings) counts[category] = (counts[category] ?? 0) + 1
  return counts
}
