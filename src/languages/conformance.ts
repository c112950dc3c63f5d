/**
 * What every language promises, checked by running programs: each sample prints exactly what it says, and the cases
 * below behave as the language's own tools do. The runner is the sandbox under test; this file knows none.
 */
import { describe, expect, it } from 'vitest'
import { CASES } from './conformance-cases.js'
import type { Program } from './conformance-cases.js'
import type { LanguageDefinition } from './define-language.js'
import type { LanguageRegistry } from './registry.js'

/** How a program ended. */
export interface ProgramRun {
  readonly stdout: string
  readonly stderr: string
  /** Null when it was not run, or ended by a signal. */
  readonly exitCode: number | null
  /** Null where the language has no compile stage. */
  readonly compile: { readonly output: string; readonly exitCode: number | null } | null
}

/** Compiles and runs a program as an execution does, with extra files, environment and limits of the language. */
export type ProgramRunner = (language: LanguageDefinition, program: Program) => Promise<ProgramRun>

/** Longest that one program may take, on a busy machine too. */
const TIMEOUT_MS = 60_000
const ANY_TEXT: unknown = expect.any(String)

/** Registers the tests of every language that `isInstalled` says can run here; the others are skipped visibly. */
export function testLanguages(
  registry: LanguageRegistry,
  run: ProgramRunner,
  isInstalled: (id: string) => boolean = () => true,
): void {
  for (const language of registry.all) {
    const absent = isInstalled(language.id) ? '' : ', skipped: its image is not built'
    describe.skipIf(absent !== '')(`language ${language.name}${absent}`, () => {
      testLanguage(language, run)
    })
  }
}

function testLanguage(language: LanguageDefinition, run: ProgramRunner): void {
  for (const sample of language.samples) {
    it(`prints what the sample says: ${sample.title}`, { timeout: TIMEOUT_MS }, async () => {
      const result = await run(language, sample)
      expect(result).toMatchObject({ stdout: sample.expectedOutput, stderr: '', exitCode: 0 })
      expect(result.compile?.output ?? '').toBe('')
    })
  }

  it('runs a file whose name looks like an option', { timeout: TIMEOUT_MS }, async () => {
    const hello = language.samples[0]
    const code = Object.values(hello.files)[0] ?? ''
    const result = await run(language, { ...hello, files: { [`-${language.mainFile}`]: code } })
    expect(result).toMatchObject({ stdout: hello.expectedOutput, exitCode: 0 })
  })

  const cases = CASES.filter(({ languageId }) => languageId === language.id)
  it.each(cases)('$title', { timeout: TIMEOUT_MS }, async ({ program, expected }) => {
    const result = await run(language, program)
    expect(result.stdout).toEqual(expected.stdout ?? ANY_TEXT)
    expect(result.stderr).toMatch(expected.stderr ?? '')
    expect(result.compile?.output ?? '').toMatch(expected.compileOutput ?? '')
    expect(result.compile?.exitCode ?? 0).toBe(expected.compileExitCode ?? 0)
    expect(result.exitCode).toBe(expected.exitCode)
  })
}
