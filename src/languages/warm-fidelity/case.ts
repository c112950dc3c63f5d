/** A program that would print something else, or end otherwise, if its start could be told from a plain one. */
export interface FidelityCase {
  /** The way in which a forked interpreter could differ. */
  readonly title: string
  readonly code: string
  readonly stdin?: string
  readonly args?: readonly string[]
  /** Files beside the program. */
  readonly files?: Readonly<Record<string, string>>
  /** Set where the execution must be started plainly even where a fork server is ready. */
  readonly plain?: true
  readonly memoryMiB?: number
  readonly cpuTimeMs?: number
  readonly maxProcesses?: number
  readonly wallTimeMs?: number
}
