/** Runs the built command line program as an operator would. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const ENTRY = fileURLToPath(new URL('../../../dist/main/cli.js', import.meta.url))
const TIMEOUT_MS = 10 * 60_000

export interface CliResult {
  readonly code: number | null
  /** Both of its streams. */
  readonly output: string
}

/** `environment` comes on top of the tests' own; an undefined variable is taken out. */
export function codeexec(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = {},
): Promise<CliResult> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [ENTRY, ...argv],
      { env: { ...process.env, ...environment }, timeout: TIMEOUT_MS, maxBuffer: 2 ** 24 },
      (_error, stdout, stderr) => resolve({ code: child.exitCode, output: stdout + stderr }),
    )
  })
}
