/** The table of results that is printed when all is done. */
import type { Census } from './census.js'
import { total } from './census.js'
import type { UsageFigures } from './judge.js'

export interface Row {
  readonly name: string
  readonly tries: string
  readonly verdict: string
  readonly usage: UsageFigures
  /** How long the normal request right after it took, or undefined when it was not answered rightly. */
  readonly nextAnswerMs: number | undefined
  readonly problems: readonly string[]
}

export function resultTable(rows: readonly Row[]): string {
  const lines = rows.map((row) =>
    [
      row.problems.length === 0 ? 'ok  ' : 'FAIL',
      row.name.padEnd(48),
      row.verdict.padEnd(22),
      `${Math.round(row.usage.wallTimeMs)} ms`.padStart(9),
      `${Math.round(row.usage.cpuTimeMs)} ms`.padStart(9),
      `${(row.usage.memoryBytes / 2 ** 20).toFixed(0)} MiB`.padStart(8),
      (row.nextAnswerMs === undefined ? 'none' : `${Math.round(row.nextAnswerMs)} ms`).padStart(8),
      ` ${row.tries}`,
    ].join(' '),
  )
  const header = `     ${'program'.padEnd(48)} ${'verdict'.padEnd(22)} ${'wall'.padStart(9)} ${'CPU'.padStart(9)} ${'memory'.padStart(8)} ${'next'.padStart(8)}  tries`
  return [header, ...lines, summary(rows)].join('\n')
}

function summary(rows: readonly Row[]): string {
  const failed = rows.filter((row) => row.problems.length > 0).length
  const answers = rows.flatMap((row) => row.nextAnswerMs ?? []).toSorted((a, b) => a - b)
  const at = (share: number): string =>
    `${Math.round(answers[Math.floor((answers.length - 1) * share)] ?? 0)} ms`
  return [
    `${rows.length} hostile executions, ${failed} with problems.`,
    `Normal request right after each: ${answers.length} answered rightly, p50 ${at(0.5)}, p95 ${at(0.95)}, longest ${at(1)}.`,
  ].join('\n')
}

export function censusTable(before: Census, after: Census): string {
  const lines = [...before.keys()].map(
    (kind) =>
      `${kind.padEnd(28)} ${String(total(before, kind)).padStart(7)} ${String(total(after, kind)).padStart(7)}`,
  )
  return [`${'on the host'.padEnd(28)}  before   after`, ...lines].join('\n')
}
