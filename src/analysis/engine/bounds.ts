/** What one analysis may take. Each bound keeps hostile source from taking more; none is met by honest programs. */
import { OutOfTime } from './match-rules.js'

export interface AnalysisBounds {
  /** Bytes of source of all files together. */
  readonly sourceBytes: number
  /** Time for all files together. */
  readonly timeMs: number
  /** Syntax nodes per file. */
  readonly nodes: number
  /** Levels of nesting. */
  readonly depth: number
  /** Findings counted. */
  readonly findings: number
  /** Findings listed, the worst ones when there are more. */
  readonly listedFindings: number
}

export const DEFAULT_BOUNDS: AnalysisBounds = {
  sourceBytes: 512 * 1024,
  timeMs: 2_000,
  nodes: 300_000,
  depth: 500,
  findings: 5_000,
  listedFindings: 200,
}

/** Looking at the clock costs more than a step of work does. */
const STEPS_PER_LOOK = 256

/** The end of an analysis' time, looked at often and cheaply. */
export class Deadline {
  readonly #endMs: number
  #steps = 0

  constructor(timeMs: number) {
    this.#endMs = performance.now() + timeMs
  }

  isOver(): boolean {
    return performance.now() >= this.#endMs
  }

  /** Throws OutOfTime once the time is over. */
  check(): void {
    if (++this.#steps % STEPS_PER_LOOK === 0 && this.isOver()) throw new OutOfTime()
  }
}
