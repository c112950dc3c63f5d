/**
 * Figures from counts: values fall into buckets that are two per cent wide, so that percentiles of any number of
 * executions take the same short time and are within one per cent.
 */
import type { Verdict } from '../contract/verdict.js'
import { VERDICTS } from '../contract/verdict.js'
import type { ExecutionFigures, ExecutionsSummary, Percentiles } from './records.js'

const WIDTH = Math.log(1.02)

/** Microseconds: programs can be faster than a millisecond. */
export function timeBucket(wallTimeMs: number): number {
  return bucketOf(wallTimeMs * 1000)
}

export function memoryBucket(memoryBytes: number): number {
  return bucketOf(memoryBytes)
}

function bucketOf(value: number): number {
  return value < 1 ? 0 : 1 + Math.floor(Math.log(value) / WIDTH)
}

/** The middle of a bucket. */
function valueOf(bucket: number): number {
  return bucket === 0 ? 0 : Math.exp((bucket - 0.5) * WIDTH)
}

/** So many saved executions of a language fall into this bucket of this measure. */
export interface HistogramRow {
  readonly language: string
  readonly measure: 'status' | 'time' | 'memory'
  /** A verdict, or the number of a bucket. */
  readonly bucket: string
  readonly count: number
}

/** The rows that one execution adds to. */
export function rowsOf(execution: {
  readonly language: string
  readonly status: Verdict
  readonly wallTimeMs: number
  readonly memoryBytes: number
}): readonly HistogramRow[] {
  const { language, status, wallTimeMs, memoryBytes } = execution
  return [
    { language, measure: 'status', bucket: status, count: 1 },
    { language, measure: 'time', bucket: String(timeBucket(wallTimeMs)), count: 1 },
    { language, measure: 'memory', bucket: String(memoryBucket(memoryBytes)), count: 1 },
  ]
}

export function summarize(rows: readonly HistogramRow[]): ExecutionsSummary {
  const all = new Counts()
  const languages = new Map<string, Counts>()
  for (const row of rows) {
    if (row.count <= 0) continue
    const own = languages.get(row.language) ?? new Counts()
    languages.set(row.language, own)
    own.add(row)
    all.add(row)
  }
  const byLanguage = [...languages].toSorted(([left], [right]) => (left < right ? -1 : 1))
  return {
    ...all.figures(),
    byLanguage: Object.fromEntries(byLanguage.map(([language, counts]) => [language, counts.figures()])),
  }
}

class Counts {
  readonly #status: Partial<Record<Verdict, number>> = {}
  readonly #buckets = { time: new Map<number, number>(), memory: new Map<number, number>() }
  #total = 0

  add({ measure, bucket, count }: HistogramRow): void {
    if (measure !== 'status') {
      const counts = this.#buckets[measure]
      counts.set(Number(bucket), (counts.get(Number(bucket)) ?? 0) + count)
    } else if (isVerdict(bucket)) {
      this.#status[bucket] = (this.#status[bucket] ?? 0) + count
      this.#total += count
    }
  }

  figures(): ExecutionFigures {
    const { time, memory } = this.#buckets
    return {
      total: this.#total,
      byStatus: this.#status,
      // Buckets of time are of microseconds.
      wallTimeMs: percentiles(time, (value) => Math.round(value) / 1000),
      memoryBytes: percentiles(memory, Math.round),
    }
  }
}

function isVerdict(word: string): word is Verdict {
  return word in VERDICTS
}

function percentiles(
  counts: ReadonlyMap<number, number>,
  rounded: (value: number) => number,
): Percentiles | null {
  const sorted = [...counts].toSorted(([left], [right]) => left - right)
  const total = sorted.reduce((sum, [, count]) => sum + count, 0)
  if (total === 0) return null
  /** The smallest value that at least this share of all does not exceed. */
  const at = (share: number): number => {
    const rank = Math.max(1, Math.ceil(total * share))
    let seen = 0
    for (const [bucket, count] of sorted) {
      seen += count
      if (seen >= rank) return rounded(valueOf(bucket))
    }
    return 0
  }
  return { p50: at(0.5), p90: at(0.9), p95: at(0.95), p99: at(0.99) }
}
