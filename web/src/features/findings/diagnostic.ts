/** One message about one place in the program's files, from a compiler or a run time. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning' | 'info'
  /** Path of one of the project's files. */
  readonly file: string
  /** Both count from 1. */
  readonly line: number
  readonly column: number
  readonly message: string
}
