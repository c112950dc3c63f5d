import type { ExecutionResult } from '../../api/wire.js'
import type { Diagnostic } from './diagnostic.js'
import { parseDiagnostics } from './parse-diagnostics.js'

/**
 * Places named by the compiler, and by the run time when the program failed. In a terminal both streams are one, so
 * what was printed is looked at too; what a program that succeeded printed is its own affair.
 */
export function resultDiagnostics(
  result: ExecutionResult,
  transcript: string,
  paths: readonly string[],
): Diagnostic[] {
  const ofCompiler = parseDiagnostics(result.compile?.output ?? '', paths)
  if (result.runTimeStatus !== 'runtime_error' && result.runTimeStatus !== 'compile_error') {
    return ofCompiler
  }
  const printed = `${result.stderr}\n${transcript.slice(-100_000)}`
  const known = new Set(ofCompiler.map((item) => `${item.file}:${item.line}:${item.message}`))
  const others = parseDiagnostics(printed, paths).filter(
    (item) => !known.has(`${item.file}:${item.line}:${item.message}`),
  )
  return [...ofCompiler, ...others]
}
