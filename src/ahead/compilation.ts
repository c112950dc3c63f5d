/** What is asked of a resident compiler for an execution, and what its answer means for the compile stage. */
import type { SourceFile } from '../contract/execution.js'
import type { Compiled } from '../execution/ahead.js'
import type { LanguageDefinition } from '../languages/define-language.js'
import { resolveArgv } from '../languages/resolve-command.js'
import { decodeAnswer, encodeRequest, UNUSABLE } from './compiler-protocol.js'
import type { PoolRun } from './compiler-pool.js'

const NO_BYTES = new Uint8Array()

/** As the compile command has them: the entry first, and only files of the language. */
export function requestFor(
  language: LanguageDefinition,
  files: readonly SourceFile[],
  entryPoint: string,
): Buffer {
  const context = { language, entryPoint, files, memoryBytes: 0 }
  const names = resolveArgv(['{sources}'], context)
  const contents = new Map(files.map(({ name, content }) => [name, content]))
  const sources = names.map((name) => ({
    name,
    // A name that could be taken for an option has `./` in front, for the compiler alone.
    content: contents.get(name) ?? contents.get(name.replace(/^\.\//u, '')) ?? NO_BYTES,
  }))
  return encodeRequest(names[0] ?? entryPoint, sources)
}

/** Undefined where only a compiler of the execution's own can tell. */
export function compilationOf(run: PoolRun, fileSizeBytes: number): Compiled | undefined {
  const { answer, stopReason, wallTimeMs, cpuTimeMs, memoryBytes, isCurrent } = run
  const usage = { wallTimeMs, cpuTimeMs, memoryBytes }
  if (stopReason !== null)
    return { output: NO_BYTES, artefacts: [], exitCode: null, signal: 'SIGKILL', stopReason, usage }
  const decoded = answer && decodeAnswer(answer)
  if (decoded === undefined || decoded.code === UNUSABLE) return undefined
  const { code, diagnostics, artefacts } = decoded
  const size = artefacts.reduce((sum, { content }) => sum + content.length, 0)
  if (size > fileSizeBytes) return undefined
  return { output: diagnostics, artefacts, exitCode: code, signal: null, stopReason: null, usage, isCurrent }
}
