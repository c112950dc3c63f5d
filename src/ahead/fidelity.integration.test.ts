/**
 * Programs compiled by the resident compiler and run by runtimes started ahead, against the same programs compiled
 * and started plainly: nobody may be able to tell. And what one program does to the compiler, against the next one.
 */
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { ExecutionRequest, ExecutionResult } from '../contract/execution.js'
import type { Limits } from '../contract/limits.js'
import { runExecution } from '../execution/run-execution.js'
import { FileImageStore } from '../images/file-image-store.js'
import { planImages } from '../images/recipe.js'
import { CASES } from '../languages/conformance-cases.js'
import type { Program } from '../languages/conformance-cases.js'
import { resolveLimits } from '../languages/limits.js'
import { loadLanguages } from '../languages/registry.js'
import { createNamespacesDriver } from '../sandbox/drivers/namespaces/driver.js'
import type { NamespacesDriver } from '../sandbox/drivers/namespaces/driver.js'
import { createAhead } from './create-ahead.js'
import type { StartedAhead, WarmKind } from './create-ahead.js'
import { FAITHFUL, HOSTILE, JAVA_HELLO } from './fidelity-programs.js'

const MEBIBYTE = 1_048_576
const LIMITS: Limits = {
  wallTimeMs: 45_000,
  cpuTimeMs: 45_000,
  memoryBytes: 256 * MEBIBYTE,
  maxProcesses: 64,
  outputBytes: MEBIBYTE,
  fileSizeBytes: 64 * MEBIBYTE,
}
const MAXIMUM: Limits = { ...LIMITS, memoryBytes: 2048 * MEBIBYTE, maxProcesses: 256 }
const PATIENCE_MS = 60_000

const PROGRAM =
  process.env['CODEEXEC_TEST_SUPERVISOR'] ??
  fileURLToPath(new URL('../../native/build/codeexec-supervisor', import.meta.url))
const dataDirectory = process.env['CODEEXEC_TEST_DATA_DIR'] ?? '/var/lib/codeexec'
const registry = await loadLanguages()
const images = new FileImageStore({ dataDirectory, plan: planImages(registry.all) })
const java = registry.find('java')!

const unfit =
  process.getuid?.() !== 0
    ? 'needs root'
    : !existsSync(PROGRAM)
      ? `${PROGRAM} has not been built`
      : images.state('java') === 'ready'
        ? undefined
        : 'the image of java has not been built'

/** All that a client is told, but for what it used. */
function told({ status, errorMessage, compile, run }: ExecutionResult): object {
  const stage = (result: typeof run): object | null =>
    result && { ...result, usage: Object.values(result.usage).every((value) => value >= 0) }
  return { status, errorMessage, compile: stage(compile), run: stage(run) }
}

describe.skipIf(unfit)(`Java started ahead${unfit ? ` (${unfit})` : ''}`, () => {
  let driver: NamespacesDriver
  let ahead: StartedAhead

  beforeAll(async () => {
    driver = createNamespacesDriver({
      program: PROGRAM,
      slots: 4,
      firstUid: 1_300_000 + (process.pid % 4096) * 16,
      image: (id) => {
        const image = images.get(id)
        return image && { name: `${image.id}-${image.hash}`, layers: image.layers }
      },
    })
    await driver.start()
    ahead = createAhead({
      driver,
      languages: [java],
      isInstalled: () => true,
      usualLimits: () => limitsOf({}),
      cpus: { compile: 2, run: 2 },
      budgetBytes: 512 * MEBIBYTE,
      reserveBytes: 0,
      availableBytes: () => Number.POSITIVE_INFINITY,
      slots: 1,
    })
  })
  afterAll(async () => {
    ahead.close()
    await driver.close()
  })

  const limitsOf = (compile: Partial<Limits>): ExecutionRequest['limits'] =>
    resolveLimits({
      defaults: { compile: { ...LIMITS, memoryBytes: 512 * MEBIBYTE }, run: LIMITS },
      maximum: { compile: MAXIMUM, run: MAXIMUM },
      language: java,
      requested: { compile },
    })

  function execute(
    program: Program,
    how: StartedAhead | undefined,
    compile: Partial<Limits> = {},
  ): Promise<ExecutionResult> {
    const names = Object.keys(program.files)
    const request: ExecutionRequest = {
      jobId: randomUUID(),
      language: 'java',
      files: names.map((name) => ({ name, content: Buffer.from(program.files[name] ?? '') })),
      entryPoint: names[0] ?? '',
      stdin: Buffer.from(program.stdin ?? ''),
      args: program.args ?? [],
      limits: limitsOf(compile),
    }
    return runExecution(
      request,
      { signal: new AbortController().signal, emit: () => undefined },
      {
        driver,
        language: (id) => registry.find(id),
        runtimeVersion: (id) => images.get(id)?.version,
        cpus: { compile: 2, run: 2 },
        ...(how && { ahead: how }),
      },
    )
  }

  const figure = (kind: WarmKind) => ahead.figures().find((figures) => figures.kind === kind)!
  const ready = (): Promise<void> =>
    expect
      .poll(() => Math.min(figure('compiler').ready, figure('runtime').ready), { timeout: PATIENCE_MS })
      .toBeGreaterThan(0)

  const programs: [string, Program][] = [
    ...java.samples.map((sample): [string, Program] => [sample.title, sample]),
    ...CASES.filter(({ languageId }) => languageId === 'java').map(
      ({ title, program }): [string, Program] => [title, program],
    ),
    ...Object.entries(FAITHFUL),
  ]

  it.each(programs)('answers as a plain start does: %s', { timeout: 2 * PATIENCE_MS }, async (_, program) => {
    await ready()
    const before = { compiled: figure('compiler').hits, run: figure('runtime').hits }
    const warm = await execute(program, ahead)
    const plain = await execute(program, undefined)
    expect(told(warm)).toEqual(told(plain))
    expect(figure('compiler').hits).toBe(before.compiled + 1)
    expect(figure('runtime').hits).toBe(before.run + (warm.run === null ? 0 : 1))
  })

  it.each(Object.entries(HOSTILE))(
    'gives the next program nothing of one that tries: %s',
    { timeout: 4 * PATIENCE_MS },
    async (_, { attack, victim, compile }) => {
      await ready()
      const attacked = await execute(attack, ahead, compile)
      expect(attacked.compile).not.toBeNull()
      const after = await execute(victim, ahead)
      const plain = await execute(victim, undefined)
      expect(told(after)).toEqual(told(plain))
    },
  )

  it('stops a compilation at its limit, and compiles the next', { timeout: 4 * PATIENCE_MS }, async () => {
    await ready()
    const { attack } = HOSTILE['a program that takes long to compile']!
    const stopped = await execute(attack, ahead, { wallTimeMs: 300 })
    expect(stopped).toMatchObject({
      status: 'time_limit_exceeded',
      compile: { stopReason: 'wall' },
      run: null,
    })
    expect(stopped.compile?.usage.wallTimeMs).toBeGreaterThanOrEqual(299)
    expect(stopped.compile?.usage.cpuTimeMs).toBeGreaterThan(0)
    expect(await execute(JAVA_HELLO, ahead)).toMatchObject({ status: 'succeeded' })
    await ready()
    const spent = await execute(attack, ahead, { cpuTimeMs: 200 })
    expect(spent).toMatchObject({ status: 'time_limit_exceeded', compile: { stopReason: 'cpu' }, run: null })
  })

  it('counts what this compilation and this run used', { timeout: PATIENCE_MS }, async () => {
    await ready()
    const { compile, run } = await execute(JAVA_HELLO, ahead)
    for (const stage of [compile, run]) {
      expect(stage?.usage.wallTimeMs).toBeGreaterThan(0)
      expect(stage?.usage.cpuTimeMs).toBeGreaterThan(0)
      expect(stage?.usage.memoryBytes).toBeGreaterThan(MEBIBYTE)
    }
  })
})
