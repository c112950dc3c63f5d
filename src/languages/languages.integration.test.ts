/** The languages' conformance suite in the real sandbox, with the images of this machine. */
import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'
import type { ExecutionRequest } from '../contract/execution.js'
import type { Limits } from '../contract/limits.js'
import { runExecution } from '../execution/run-execution.js'
import { FileImageStore } from '../images/file-image-store.js'
import { planImages } from '../images/recipe.js'
import { createNamespacesDriver } from '../sandbox/drivers/namespaces/driver.js'
import { testLanguages } from './conformance.js'
import type { ProgramRunner } from './conformance.js'
import { resolveLimits } from './limits.js'
import { loadLanguages } from './registry.js'
import { preparedCommand } from './warm.js'

const MEBIBYTE = 1_048_576
/** Those of the service, with time to spare for a busy machine. */
const DEFAULTS: Limits = {
  wallTimeMs: 45_000,
  cpuTimeMs: 45_000,
  memoryBytes: 256 * MEBIBYTE,
  maxProcesses: 64,
  outputBytes: MEBIBYTE,
  fileSizeBytes: 64 * MEBIBYTE,
}
const MAXIMUM: Limits = { ...DEFAULTS, memoryBytes: 2048 * MEBIBYTE, maxProcesses: 256 }
const LIMITS = {
  defaults: { compile: { ...DEFAULTS, memoryBytes: 512 * MEBIBYTE }, run: DEFAULTS },
  maximum: { compile: MAXIMUM, run: MAXIMUM },
}

const PROGRAM =
  process.env['CODEEXEC_TEST_SUPERVISOR'] ??
  fileURLToPath(new URL('../../native/build/codeexec-supervisor', import.meta.url))
const dataDirectory = process.env['CODEEXEC_TEST_DATA_DIR'] ?? '/var/lib/codeexec'

const registry = await loadLanguages()
const images = new FileImageStore({ dataDirectory, plan: planImages(registry.all) })
const driver = createNamespacesDriver({
  program: PROGRAM,
  slots: 1,
  firstUid: 1_100_000 + (process.pid % 4096) * 16,
  image: (id) => {
    const image = images.get(id)
    return image && { name: `${image.id}-${image.hash}`, layers: image.layers }
  },
  warm: (id) => {
    const language = process.env['CODEEXEC_WARM'] === 'off' ? undefined : registry.find(id)
    return language && preparedCommand(language, LIMITS)
  },
})

const run: ProgramRunner = async (language, program) => {
  const names = Object.keys(program.files)
  const encoder = new TextEncoder()
  const request: ExecutionRequest = {
    jobId: randomUUID(),
    language: language.id,
    files: names.map((name) => ({ name, content: encoder.encode(program.files[name]) })),
    entryPoint: names[0] ?? '',
    stdin: encoder.encode(program.stdin ?? ''),
    args: program.args ?? [],
    limits: resolveLimits({ ...LIMITS, language }),
  }
  const result = await runExecution(
    request,
    { signal: new AbortController().signal, emit: () => undefined },
    {
      driver,
      language: (id) => registry.find(id),
      runtimeVersion: (id) => images.get(id)?.version,
      cpus: { compile: 2, run: 1 },
    },
  )
  return {
    stdout: result.run?.stdout ?? '',
    stderr: result.run?.stderr ?? '',
    exitCode: result.run?.exitCode ?? null,
    compile: result.compile && { output: result.compile.output, exitCode: result.compile.exitCode },
  }
}

testLanguages(registry, run, (id) => images.state(id) === 'ready')

afterAll(() => driver.close())
