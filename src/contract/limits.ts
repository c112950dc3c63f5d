/** What one stage may use. Every limit is enforced by the sandbox driver or the execution is refused. */
export interface Limits {
  /** Wall-clock time from the program's start to its end, in milliseconds. */
  readonly wallTimeMs: number
  /** CPU time of all the program's processes and threads together, in milliseconds. */
  readonly cpuTimeMs: number
  /** Memory of all its processes together, files in tmpfs and shared memory included, in bytes. */
  readonly memoryBytes: number
  /** Processes and threads at once. */
  readonly maxProcesses: number
  /** Bytes of standard output, and of standard error; each stream has this much. */
  readonly outputBytes: number
  /** Bytes of all files in the work folder and /tmp together; also the size of the largest file. */
  readonly fileSizeBytes: number
}

export const LIMIT_NAMES = [
  'wallTimeMs',
  'cpuTimeMs',
  'memoryBytes',
  'maxProcesses',
  'outputBytes',
  'fileSizeBytes',
] as const satisfies readonly (keyof Limits)[]

/** The least memory a request may ask for: what a process takes that does nothing. */
export const LEAST_MEMORY_BYTES = 1_048_576

/** Limits of the two stages of one execution. */
export interface StageLimits {
  readonly compile: Limits
  readonly run: Limits
}
