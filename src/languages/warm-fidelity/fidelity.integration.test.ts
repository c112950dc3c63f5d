/**
 * Programs cannot tell whether a fork server started them: each runs with warming and without, and what it printed
 * and how it ended must be the same. docs/warm.md lists the differences there could be, and the answer to each.
 */
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ExecutionRequest, StageResult } from '../../contract/execution.js'
import type { Limits } from '../../contract/limits.js'
import { runExecution } from '../../execution/run-execution.js'
import { FileImageStore } from '../../images/file-image-store.js'
import { planImages } from '../../images/recipe.js'
import { createNamespacesDriver } from '../../sandbox/drivers/namespaces/driver.js'
import type { NamespacesDriver, NamespacesDriverOptions } from '../../sandbox/drivers/namespaces/driver.js'
import type { LanguageDefinition } from '../define-language.js'
import { resolveLimits } from '../limits.js'
import { loadLanguages } from '../registry.js'
import { preparedCommand } from '../warm.js'
import type { FidelityCase } from './case.js'
import { JAVASCRIPT_CASES } from './javascript-cases.js'
import { PYTHON_CASES } from './python-cases.js'
import { RUBY_CASES } from './ruby-cases.js'
import { TYPESCRIPT_CASES } from './typescript-cases.js'

const MEBIBYTE = 1_048_576
const TIMEOUT_MS = 60_000
const DEFAULTS: Limits = {
  wallTimeMs: 30_000,
  cpuTimeMs: 30_000,
  memoryBytes: 256 * MEBIBYTE,
  maxProcesses: 48,
  outputBytes: MEBIBYTE,
  fileSizeBytes: 64 * MEBIBYTE,
}
const LIMITS = {
  defaults: { compile: { ...DEFAULTS, memoryBytes: 512 * MEBIBYTE }, run: DEFAULTS },
  maximum: {
    compile: { ...DEFAULTS, memoryBytes: 1024 * MEBIBYTE },
    run: { ...DEFAULTS, memoryBytes: 1024 * MEBIBYTE },
  },
}
/** Memory is charged in whole pages and in batches, and what a fork shares with its server is estimated. */
const MEMORY_TOLERANCE_BYTES = 2.5 * MEBIBYTE
/** More than one server's programs. */
const RUNS_ACROSS_A_RENEWAL = 300

const PROGRAM =
  process.env['CODEEXEC_TEST_SUPERVISOR'] ??
  fileURLToPath(new URL('../../../native/build/codeexec-supervisor', import.meta.url))
const dataDirectory = process.env['CODEEXEC_TEST_DATA_DIR'] ?? '/var/lib/codeexec'
const CASES: Readonly<Record<string, readonly FidelityCase[]>> = {
  python: PYTHON_CASES,
  javascript: JAVASCRIPT_CASES,
  ruby: RUBY_CASES,
  typescript: TYPESCRIPT_CASES,
}

const registry = await loadLanguages()
const images = new FileImageStore({ dataDirectory, plan: planImages(registry.all) })
const options = {
  program: PROGRAM,
  slots: 1,
  image: (id: string) => {
    const image = images.get(id)
    return image && { name: `${image.id}-${image.hash}`, layers: image.layers }
  },
  warm: (id: string) => {
    const language = registry.find(id)
    return language && preparedCommand(language, LIMITS)
  },
  log: (line: string) => process.stderr.write(`supervisor: ${line}\n`),
} satisfies NamespacesDriverOptions
const FIRST_UID = 1_300_000 + (process.pid % 4096) * 32
const driver = createNamespacesDriver({ ...options, firstUid: FIRST_UID })
/** Whose programs are forked, and copied, before it is known what they will run. */
const aheadDriver = createNamespacesDriver({ ...options, firstUid: FIRST_UID + 16, standby: 2 })

const unfit =
  process.getuid?.() !== 0 ? 'needs root' : existsSync(PROGRAM) ? undefined : `${PROGRAM} has not been built`

async function run(
  language: LanguageDefinition,
  program: FidelityCase,
  from: NamespacesDriver = driver,
): Promise<StageResult> {
  const encoder = new TextEncoder()
  const files = { [language.mainFile]: program.code, ...program.files }
  const limits = resolveLimits({ ...LIMITS, language })
  const { memoryMiB, cpuTimeMs, maxProcesses, wallTimeMs } = program
  const request: ExecutionRequest = {
    jobId: randomUUID(),
    language: language.id,
    files: Object.entries(files).map(([name, content]) => ({ name, content: encoder.encode(content) })),
    entryPoint: language.mainFile,
    stdin: encoder.encode(program.stdin ?? ''),
    args: program.args ?? [],
    limits: {
      ...limits,
      run: {
        ...limits.run,
        ...(maxProcesses !== undefined && { maxProcesses }),
        ...(wallTimeMs !== undefined && { wallTimeMs }),
        ...(memoryMiB !== undefined && { memoryBytes: memoryMiB * MEBIBYTE }),
        ...(cpuTimeMs !== undefined && { cpuTimeMs }),
      },
    },
  }
  const result = await runExecution(
    request,
    { signal: new AbortController().signal, emit: () => undefined },
    {
      driver: from,
      language: () => language,
      runtimeVersion: (id) => images.get(id)?.version,
      cpus: { compile: 2, run: 1 },
    },
  )
  if (result.run === null) throw new Error(`nothing ran: ${result.errorMessage ?? result.status}`)
  return result.run
}

const hits = (id: string): number => driver.warmCounts.get(id)?.hits ?? 0

/** The same language as if warming were off. */
function coldly(language: LanguageDefinition): LanguageDefinition {
  const { warm, ...others } = language
  return warm === undefined ? language : others
}

/** Runs until a fork server did it: one starts in its own time, and none is waited for. */
async function runWarm(language: LanguageDefinition, program: FidelityCase): Promise<StageResult> {
  for (;;) {
    const before = hits(language.id)
    const result = await run(language, program)
    if (hits(language.id) > before) return result
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Runs until a sandbox that was made ahead did it, by a fork server's program. */
async function runReady(language: LanguageDefinition, program: FidelityCase): Promise<StageResult> {
  const counts = () =>
    [aheadDriver.standbyCounts, aheadDriver.warmCounts].map((all) => all.get(language.id)?.hits ?? 0)
  for (;;) {
    const before = counts()
    const result = await run(language, program, aheadDriver)
    if (counts().every((count, index) => count > before[index]!)) return result
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Of a few warm runs, as what the kernel charges in batches varies. */
async function leastMemoryBytes(language: LanguageDefinition, code: string): Promise<number> {
  const figures = []
  for (let count = 0; count < 3; count++) {
    const { usage } = await runWarm(language, { title: '', code })
    figures.push(usage.memoryBytes)
  }
  return Math.min(...figures)
}

/** Where things lie in memory differs from start to start, as do names that are drawn. */
const withoutAddresses = (text: string): string =>
  text
    .replaceAll(/0x[0-9a-f]{8,}/gu, '0x…')
    .replaceAll(/started \d{12,}/gu, 'started …')
    .replaceAll(/ws:.*/gu, 'ws:…')

const visible = ({ stdout, stderr, output, exitCode, signal, stopReason, truncated }: StageResult) => ({
  stdout: withoutAddresses(stdout),
  stderr: withoutAddresses(stderr),
  output: output.length,
  exitCode,
  signal,
  stopReason,
  truncated,
})

describe.skipIf(unfit)(`a warm start${unfit ? ` (${unfit})` : ''}`, () => {
  for (const language of registry.all) {
    if (language.warm === undefined) continue
    const cases = CASES[language.id] ?? []
    const isReady = images.state(language.id) === 'ready'
    describe.skipIf(!isReady)(`of ${language.name}${isReady ? '' : ' (no image)'}`, () => {
      beforeAll(async () => {
        await driver.prepare([language.id])
        await aheadDriver.prepare([language.id])
      })

      it.each(cases)('cannot be told from a plain one: $title', { timeout: TIMEOUT_MS }, async (program) => {
        const plain = await run(coldly(language), program)
        const warm = await (program.plain ? run : runWarm)(language, program)
        expect(visible(warm)).toEqual(visible(plain))
        if (program.plain || program.args) return
        expect(visible(await runReady(language, program))).toEqual(visible(plain))
      })

      it('takes only the command that was prepared', { timeout: TIMEOUT_MS }, async () => {
        const program = { title: '', code: cases[0]?.code ?? '' }
        await runWarm(language, program)
        const before = hits(language.id)
        await run({ ...language, env: { ...language.env, MORE: '1' } }, program)
        await run({ ...language, mainFile: `other.${language.extensions[0]}` }, program)
        expect(hits(language.id)).toBe(before)
      })

      it('uses about as much memory', { timeout: TIMEOUT_MS }, async () => {
        for (const program of [{ title: '', code: '' }, MEMORY_USERS[language.id]!]) {
          const plain = await run(coldly(language), program)
          for (const warm of [await runWarm(language, program), await runReady(language, program)]) {
            const difference = warm.usage.memoryBytes - plain.usage.memoryBytes
            expect(Math.abs(difference)).toBeLessThan(MEMORY_TOLERANCE_BYTES)
          }
        }
      })

      it.skipIf(language.id !== 'python' || process.arch !== 'x64')(
        'leaves without taking itself apart where nobody could tell',
        { timeout: TIMEOUT_MS },
        async () => {
          const takenApart = await leastMemoryBytes(language, 'def f():\n    yield\ng = f()\nnext(g)')
          // What is taken apart is written to, and so copied.
          expect(takenApart - (await leastMemoryBytes(language, 'def f():\n    yield'))).toBeGreaterThan(
            MEBIBYTE / 2,
          )
        },
      )

      it('draws its own random numbers', { timeout: TIMEOUT_MS }, async () => {
        const program = { title: '', code: RANDOM_PROGRAMS[language.id]! }
        const drawn = new Set<string>()
        for (let count = 0; count < 4; count++) {
          for (const { stdout } of [await runWarm(language, program), await runReady(language, program)])
            for (const line of stdout.split('\n').filter(Boolean)) {
              expect(drawn).not.toContain(line)
              drawn.add(line)
            }
        }
      })

      const spoiler = SPOILERS[language.id]
      it.skipIf(spoiler === undefined)(
        'shares no descriptor with its server or with other programs',
        { timeout: TIMEOUT_MS },
        async () => {
          for (const code of [spoiler!.spoil, spoiler!.look]) {
            const { stdout, exitCode } = await runWarm(language, { title: '', code })
            expect({ stdout, exitCode }).toEqual({ stdout: 'fine\n', exitCode: 0 })
          }
        },
      )

      it(
        'has another hash seed, or other addresses, before long, and runs on meanwhile',
        { timeout: TIMEOUT_MS },
        async () => {
          const program = { title: '', code: HASH_PROGRAMS[language.id]! }
          const seen = new Set<string>()
          for (let count = 0; count < RUNS_ACROSS_A_RENEWAL; count++) {
            const { stdout, exitCode } = await run(language, program)
            expect(exitCode).toBe(0)
            seen.add(stdout)
          }
          expect(seen.size).toBeGreaterThan(1)
          expect(seen.size).toBeLessThan(RUNS_ACROSS_A_RENEWAL / 2)
        },
      )
    })
  }

  afterAll(() => Promise.all([driver.close(), aheadDriver.close()]))
})

const MEMORY_USERS: Readonly<Record<string, FidelityCase>> = {
  python: { title: '', code: 'text = "x" * (20 << 20)\nprint(len(text))' },
  ruby: { title: '', code: 'text = "x" * (20 << 20)\nputs text.size' },
  javascript: { title: '', code: 'const text = Buffer.alloc(20 << 20, 1)\nconsole.log(text.length)' },
  typescript: { title: '', code: 'const text: Buffer = Buffer.alloc(20 << 20, 1)\nconsole.log(text.length)' },
}

/** Every line is one that must never come twice. */
const RANDOM_PROGRAMS: Readonly<Record<string, string>> = {
  python: `import random, secrets, uuid, tempfile, os
print(random.random())
print(secrets.token_hex())
print(uuid.uuid4())
print(uuid.uuid1())
print(tempfile.mkdtemp())
print(os.urandom(8))
`,
  ruby: `require "securerandom"
require "tmpdir"
puts rand, Random.rand, Random.seed, Random.new_seed, [*1..1000].shuffle.hash, [*1..1000].sample(20).inspect
puts SecureRandom.hex, SecureRandom.uuid, Random.urandom(8).inspect, Dir.mktmpdir
`,
  javascript: `const crypto = require('node:crypto')
console.log(Math.random())
console.log([...Array(5)].map(Math.random).join())
console.log(performance.timeOrigin)
console.log(process.hrtime.bigint() - BigInt(Math.round(process.uptime() * 1e3)) * 1000000n)
console.log(performance.now())
console.log(crypto.randomBytes(8).toString('hex'))
console.log(crypto.randomUUID())
console.log(globalThis.crypto.getRandomValues(new Uint32Array(2)).join())
console.log(crypto.createHash('sha1').update(crypto.generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' })).digest('hex'))
console.log(require('node:fs').mkdtempSync('/tmp/made'))
for (let fd = 3; fd < 17; fd++) {
  const name = require('node:fs').readlinkSync('/proc/self/fd/' + fd)
  if (name.startsWith('pipe')) console.log(name, fd)
}
crypto.randomFill(Buffer.alloc(8), (_, bytes) => console.log(bytes.toString('hex')))
new (require('node:worker_threads').Worker)('console.log(Math.random(), crypto.randomUUID())', { eval: true })
`,
  typescript: 'console.log(Math.random())\nconsole.log(crypto.randomUUID())',
}

/** What programs of one server have in common. */
const HASH_PROGRAMS: Readonly<Record<string, string>> = {
  python: 'print(hash("a"))',
  ruby: 'puts "a".hash',
  javascript: "console.log(require('fs').readFileSync('/proc/self/maps', 'utf8').match(/.*stack/)[0])",
  typescript:
    "import fs from 'fs'\nconsole.log(fs.readFileSync('/proc/self/maps', 'utf8').match(/.*stack/)![0])",
}

/** One program writes to everything that its interpreter has opened, another one looks whether it finds that. */
const SPOILERS: Readonly<Record<string, { readonly spoil: string; readonly look: string }>> = {
  javascript: {
    spoil: `const fs = require('node:fs')
console.log('fine')
let written = 0
for (let fd = 3; fd < 17; fd++) {
  const name = fs.readlinkSync('/proc/self/fd/' + fd)
  const value = Buffer.alloc(8)
  value[5] = 1
  try {
    written += fs.writeSync(fd, name.includes('eventfd') ? value : 'spoiled!')
  } catch (error) {
    if (!['EBADF', 'EINVAL'].includes(error.code)) throw error
  }
}
process.reallyExit(written >= 48 ? 0 : 1)
`,
    look: `const fs = require('node:fs')
for (let fd = 3; fd < 17; fd++) {
  const info = fs.readFileSync('/proc/self/fdinfo/' + fd, 'latin1')
  if (/eventfd-count: *[0-9a-f]{5,}/.test(info)) console.log('spoiled', fd)
  if (!fs.readlinkSync('/proc/self/fd/' + fd).startsWith('pipe') || !/flags:.*4000$/m.test(info)) continue
  try {
    console.log(fs.readSync(fd, Buffer.alloc(8)), fd)
  } catch (error) {
    if (error.code !== 'EAGAIN') throw error
  }
}
setTimeout(() => console.log('fine'), 1)
`,
  },
}
