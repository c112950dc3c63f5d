/**
 * Programs answered from the compile cache against the same programs compiled: in real sandboxes, in every language
 * that has a compiler. And programs that spoil what was compiled, against the next execution of the same.
 */
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { ExecutionRequest, ExecutionResult } from '../contract/execution.js'
import type { Limits } from '../contract/limits.js'
import { FileImageStore } from '../images/file-image-store.js'
import { planImages } from '../images/recipe.js'
import { CASES } from '../languages/conformance-cases.js'
import { resolveLimits } from '../languages/limits.js'
import { loadLanguages } from '../languages/registry.js'
import { createNamespacesDriver } from '../sandbox/drivers/namespaces/driver.js'
import type { NamespacesDriver } from '../sandbox/drivers/namespaces/driver.js'
import { OBSERVERS, SPOILERS, UNKEPT } from './compile-cache-programs.js'
import type { CacheProgram } from './compile-cache-programs.js'
import { CompileCache } from './compile-cache.js'
import { runExecution } from './run-execution.js'

const MEBIBYTE = 1_048_576
const LIMITS: Limits = {
  wallTimeMs: 45_000,
  cpuTimeMs: 45_000,
  memoryBytes: 512 * MEBIBYTE,
  maxProcesses: 96,
  outputBytes: MEBIBYTE,
  fileSizeBytes: 64 * MEBIBYTE,
}
const MAXIMUM: Limits = { ...LIMITS, memoryBytes: 2048 * MEBIBYTE, maxProcesses: 256 }

const PROGRAM =
  process.env['CODEEXEC_TEST_SUPERVISOR'] ??
  fileURLToPath(new URL('../../native/build/codeexec-supervisor', import.meta.url))
const dataDirectory = process.env['CODEEXEC_TEST_DATA_DIR'] ?? '/var/lib/codeexec'
const registry = await loadLanguages()
const images = new FileImageStore({ dataDirectory, plan: planImages(registry.all) })
const COMPILED = registry.all.filter(({ compile }) => compile !== undefined).map(({ id }) => id)

const absent = COMPILED.filter((id) => images.state(id) !== 'ready')
const unfit =
  process.getuid?.() !== 0
    ? 'needs root'
    : !existsSync(PROGRAM)
      ? `${PROGRAM} has not been built`
      : absent.length > 0
        ? `images have not been built: ${absent.join(', ')}`
        : undefined

const NOTHING_USED = { wallTimeMs: 0, cpuTimeMs: 0, memoryBytes: 0 }
const SAMPLES: readonly CacheProgram[] = registry.all
  .filter(({ id }) => COMPILED.includes(id))
  .flatMap(({ id, samples }) => samples.map((program) => ({ languageId: id, title: program.title, program })))
const WELL_COMPILED = CASES.filter(
  ({ languageId, expected }) => COMPILED.includes(languageId) && (expected.compileExitCode ?? 0) === 0,
)

/** All that a client is told, but for what it used. */
function told({ status, errorMessage, compile, run }: ExecutionResult): object {
  const { usage: _compileUsage, cached: _cached, ...compiled } = compile!
  const { usage: _runUsage, ...ran } = run!
  return { status, errorMessage, compile: compiled, run: ran }
}

describe.skipIf(unfit)(`the compile cache${unfit ? ` (${unfit})` : ''}`, () => {
  let driver: NamespacesDriver
  let imageSuffix = ''

  beforeAll(async () => {
    driver = createNamespacesDriver({
      program: PROGRAM,
      slots: 4,
      firstUid: 1_400_000 + (process.pid % 4096) * 16,
      image: (id) => {
        const image = images.get(id)
        return image && { name: `${image.id}-${image.hash}`, layers: image.layers }
      },
    })
    await driver.start()
  })
  afterAll(() => driver.close())

  function execute(
    { languageId, program }: CacheProgram,
    cache: CompileCache | undefined,
    run: Partial<Limits> = {},
    signal = new AbortController().signal,
  ): Promise<ExecutionResult> {
    const names = Object.keys(program.files)
    const limits = { compile: LIMITS, run: LIMITS }
    const language = registry.find(languageId)!
    const request: ExecutionRequest = {
      jobId: randomUUID(),
      language: languageId,
      files: names.map((name) => ({ name, content: Buffer.from(program.files[name] ?? '') })),
      entryPoint: names[0] ?? '',
      stdin: Buffer.from(program.stdin ?? ''),
      args: program.args ?? [],
      limits: resolveLimits({
        defaults: limits,
        maximum: { compile: MAXIMUM, run: MAXIMUM },
        language,
        requested: { run },
      }),
    }
    return runExecution(
      request,
      { signal, emit: () => undefined },
      {
        driver,
        language: (id) => registry.find(id),
        runtimeVersion: () => '1',
        cpus: { compile: 2, run: 2 },
        ...(cache && {
          compileCaching: { cache, imageHash: (id) => `${images.get(id)?.hash}${imageSuffix}` },
        }),
      },
    )
  }

  it.each([...OBSERVERS, ...SAMPLES, ...WELL_COMPILED])(
    'cannot be told by its answers: $languageId, $title',
    async (program) => {
      const cache = new CompileCache(64 * MEBIBYTE)
      const plain = await execute(program, undefined)
      const miss = await execute(program, cache)
      const hit = await execute(program, cache)
      expect(plain.compile).toMatchObject({ exitCode: 0 })
      expect(told(miss)).toEqual(told(plain))
      expect(told(hit)).toEqual(told(plain))
      expect(hit.compile).toMatchObject({ cached: true, usage: NOTHING_USED })
      expect(miss.compile?.usage.cpuTimeMs).toBeGreaterThan(0)
      expect(cache.figures()).toMatchObject([{ hits: 1, misses: 1, stores: 1, unfit: 0 }])
    },
  )

  it.each(SPOILERS)('is not reached by a program that $title: $languageId', async (program) => {
    const cache = new CompileCache(64 * MEBIBYTE)
    for (let round = 0; round < 3; round++) {
      const result = await execute(program, cache)
      expect(result.run).toMatchObject({ stdout: 'the original\n', exitCode: 0 })
    }
    expect(cache.figures()).toMatchObject([{ hits: 2, misses: 1, stores: 1 }])
  })

  it.each(UNKEPT)('does not keep a program that $title: $languageId', async (program) => {
    const cache = new CompileCache(64 * MEBIBYTE)
    const first = await execute(program, cache)
    const second = await execute(program, cache)
    expect(second.compile).not.toHaveProperty('cached')
    expect(second.status).toBe(first.status)
    expect(cache.figures().reduce((sum, { stores, hits }) => sum + stores + hits, 0)).toBe(0)
  })

  it('leaves a program the memory it had, and counts what it used', async () => {
    const cache = new CompileCache(64 * MEBIBYTE)
    // The figure of a command after another is true to 4 MiB on v1. Eight MiB of file that it does not touch, and as much of memory that it does: together above the limit.
    const text = `#include <stdlib.h>
#include <string.h>
static char file[8 << 20] = {1};
int main(int argc, char **argv) {
  char *memory = malloc(8 << 20);
  memset(memory, argc, 8 << 20);
  return memory[argc] == file[argc] ? 0 : argc - 1;
}
`
    const program = { languageId: 'c', title: '', program: { files: { 'main.c': text } } }
    const used: number[] = []
    for (let round = 0; round < 4; round++) {
      const { status, run } = await execute(program, cache, { memoryBytes: 14 * MEBIBYTE })
      expect(status).toBe('succeeded')
      used.push(run?.usage.memoryBytes ?? 0)
    }
    expect(cache.figures()).toMatchObject([{ hits: 3, misses: 1 }])
    const [miss = 0, ...hits] = used
    for (const hit of hits) expect(Math.abs(hit - miss)).toBeLessThan(6 * MEBIBYTE)
  })

  it('compiles again in another image', async () => {
    const cache = new CompileCache(64 * MEBIBYTE)
    const [program] = SPOILERS as [CacheProgram]
    await execute(program, cache)
    imageSuffix = 'x'
    const other = await execute(program, cache).finally(() => {
      imageSuffix = ''
    })
    expect(other.compile).not.toHaveProperty('cached')
    expect(cache.figures()).toMatchObject([{ hits: 0, misses: 2, stores: 2 }])
  })

  it('lets several compile the same at once, whatever becomes of one of them', async () => {
    const cache = new CompileCache(64 * MEBIBYTE)
    const [program] = SPOILERS as [CacheProgram]
    const abort = new AbortController()
    const cancelled = execute(program, cache, {}, abort.signal)
    const others = [1, 2, 3].map(() => execute(program, cache))
    abort.abort()
    expect((await cancelled).status).toBe('cancelled')
    for (const { run } of await Promise.all(others)) expect(run?.stdout).toBe('the original\n')
    expect((await execute(program, cache)).compile).toHaveProperty('cached', true)
    expect(cache.figures()).toMatchObject([{ stores: 1, entries: 1 }])
  })
})
