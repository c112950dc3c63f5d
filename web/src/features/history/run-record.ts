import type { Verdict } from '../../../../src/contract/verdict.js'
import type { Project } from '../../state/project.js'
import type { ProgramInput } from '../../state/project-slice.js'

/** One run, or one program put aside, as the browser keeps it. */
export interface RunRecord {
  readonly id: string
  /** Epoch milliseconds. */
  readonly at: number
  readonly language: string
  readonly languageName: string
  /** Null for a program that was put aside without being run. */
  readonly verdict: Verdict | 'stopped' | null
  /** Why it is here, when it was not run. */
  readonly note: string
  readonly exitCode: number | null
  readonly signal: string | null
  readonly wallTimeMs: number | null
  readonly cpuTimeMs: number | null
  readonly memoryBytes: number | null
  /** The beginning of what it printed. */
  readonly output: string
  readonly project: Project
  readonly input: ProgramInput
}
