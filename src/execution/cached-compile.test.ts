import { describe, expect, it } from 'vitest'

import type { ExecutionEvent } from '../contract/events.js'
import type { ExecutionRequest } from '../contract/execution.js'
import type { SandboxSpec } from '../sandbox/driver.js'
import { SandboxError } from '../sandbox/driver.js'
import { createFakeDriver } from '../sandbox/drivers/fake/driver.js'
import type { FakeProgram } from '../sandbox/drivers/fake/process.js'
import type { Ahead } from './ahead.js'
import { CompileCache } from './compile-cache.js'
import { runExecution } from './run-execution.js'
import { toyLanguage, toyRequest } from './test-support.js'

/** Writes its first source into the program, warns on both streams, and fails where the source says so. */
const compiler: FakeProgram = async (process) => {
  const source = Buffer.from(process.files.get('/box/main.txt') ?? []).toString()
  await process.print('compiling\n')
  await process.print('a warning\n', 'stderr')
  if (source.includes('slow')) process.spin(100)
  if (source.includes('endless')) process.spin(Infinity)
  process.files.set('/out/made', Buffer.from(`made of ${source}`))
  if (source.includes('litter')) process.files.set('/tmp/litter', Buffer.from('x'))
  if (source.includes('large')) process.files.set('/out/large', new Uint8Array(1 << 20))
  return source.includes('mistake') ? 1 : 0
}

/** Prints what was compiled, and then overwrites it. */
const program: FakeProgram = async (process) => {
  await process.print(process.files.get('/out/made') ?? 'nothing')
  process.files.set('/out/made', Buffer.from('poison'))
  process.files.set('/out/more', Buffer.from('poison'))
  return 0
}

function service(cacheBytes: number | null = 1 << 20) {
  const opened: SandboxSpec[] = []
  const driver = createFakeDriver({
    programs: { compiler, program },
    beforeOpen: (spec) => opened.push(spec),
  })
  const cache = cacheBytes === null ? undefined : new CompileCache(cacheBytes)
  const image = { hash: 'one' }
  const recipe = { argv: ['compiler'], varyingText: ['__TIME'] }
  async function run(
    request: Partial<ExecutionRequest> = {},
    options: { signal?: AbortSignal; ahead?: Ahead } = {},
  ) {
    const events: ExecutionEvent[] = []
    const result = await runExecution(
      toyRequest(request),
      {
        signal: options.signal ?? new AbortController().signal,
        emit: (event) => {
          events.push(event)
        },
      },
      {
        driver,
        language: () => ({ ...toyLanguage(['program']), compile: recipe }),
        runtimeVersion: () => '1',
        cpus: { compile: 1, run: 1 },
        ...(options.ahead && { ahead: options.ahead }),
        ...(cache && { compileCaching: { cache, imageHash: () => image.hash } }),
      },
    )
    return { result, events }
  }
  const figures = () => cache?.figures()[0]
  return { run, opened, image, figures }
}

const source = (text: string): Partial<ExecutionRequest> => ({
  files: [{ name: 'main.txt', content: Buffer.from(text) }],
})
/** Every event in order, without figures. */
const said = (events: readonly ExecutionEvent[]): readonly string[] =>
  events.map((event) => {
    const stage = 'stage' in event ? event.stage : ''
    return `${event.type} ${stage} ${event.type === 'output' ? `${event.stream} ${Buffer.from(event.chunk).toString()}` : ''}`
  })
const NOTHING_USED = { wallTimeMs: 0, cpuTimeMs: 0, memoryBytes: 0 }

describe('an execution with a compile cache', () => {
  it('answers the same from the cache, and says that nothing was used', async () => {
    const { run, opened, figures } = service()
    const miss = await run()
    const hit = await run()
    expect(miss.result.compile).toMatchObject({ output: 'compiling\na warning\n', exitCode: 0 })
    expect(miss.result.compile).not.toHaveProperty('cached')
    expect(hit.result).toEqual({
      ...miss.result,
      compile: { ...miss.result.compile, usage: NOTHING_USED, cached: true },
    })
    expect(hit.result.run?.stdout).toBe('made of source\n')
    expect(said(hit.events)).toEqual(said(miss.events))
    expect(opened.map(({ artefacts }) => artefacts?.map(({ name }) => name))).toEqual([undefined, ['made']])
    expect(figures()).toMatchObject({ hits: 1, misses: 1, stores: 1 })
  })

  it('compiles another program, and the same in another image', async () => {
    const { run, image, figures } = service()
    await run()
    expect((await run(source('other'))).result.run?.stdout).toBe('made of other')
    image.hash = 'two'
    await run()
    expect(figures()).toMatchObject({ hits: 0, misses: 3, stores: 3 })
  })

  it('compiles once for other input and other arguments, for tests, and for a talk with the program', async () => {
    const { run, figures } = service()
    await run()
    await run({ stdin: Buffer.from('x'), args: ['a'] })
    const cases = [1, 2].map((number) => ({
      name: null,
      stdin: Buffer.from(String(number)),
      args: [],
      expectedOutput: 'made of source\n',
    }))
    const { result } = await run({ tests: { cases, checker: 'exact', stopOnFailure: false } })
    expect(result.tests?.map(({ verdict }) => verdict)).toEqual(['accepted', 'accepted'])
    await run({ interactive: { idleTimeMs: 1000 } })
    expect(figures()).toMatchObject({ hits: 3, misses: 1 })
  })

  it('does not know what it is not to know', async () => {
    const { run, figures } = service()
    for (const text of ['a mistake', 'endless', 'with litter', 'large', 'a __TIME__']) {
      await run(source(text))
      const { result } = await run(source(text))
      expect(result.compile).not.toHaveProperty('cached')
    }
    // The failed ones were not even looked at; the one with the time was not asked for.
    expect(figures()).toMatchObject({ hits: 0, misses: 8, stores: 0, unfit: 4 })
  })

  it('does not learn from an execution that was cancelled while it compiled', async () => {
    const { run, figures } = service()
    const abort = new AbortController()
    const cancelled = run(source('endless'), { signal: abort.signal })
    abort.abort()
    expect((await cancelled).result).toMatchObject({ status: 'cancelled' })
    expect(figures()).toMatchObject({ stores: 0 })
  })

  it('lets identical executions compile beside each other, whatever becomes of one', async () => {
    const { run, figures } = service()
    const abort = new AbortController()
    const both = [run({}, { signal: abort.signal }), run()]
    abort.abort()
    const [, other] = await Promise.all(both)
    expect(other?.result).toMatchObject({ status: 'succeeded', run: { stdout: 'made of source\n' } })
    expect(figures()).toMatchObject({ hits: 0, stores: 1 })
  })

  it('is not changed by what programs do to their own', async () => {
    const { run } = service()
    for (let round = 0; round < 3; round++) {
      const { result } = await run()
      expect(result.run?.stdout).toBe('made of source\n')
    }
  })

  it('compiles always where there is none', async () => {
    const { run, opened } = service(null)
    await run()
    const { result } = await run()
    expect(result.compile).not.toHaveProperty('cached')
    expect(opened.map(({ artefacts }) => artefacts)).toEqual([undefined, undefined])
  })

  it('keeps what a resident compiler made as long as that one serves', async () => {
    const { run, figures } = service()
    let serves = true
    let asked = 0
    const ahead: Ahead = {
      take: () => undefined,
      compile: () => {
        asked += 1
        return Promise.resolve({
          output: Buffer.from('a note\n'),
          artefacts: [{ name: 'made', content: Buffer.from('made ahead'), executable: false }],
          exitCode: 0,
          signal: null,
          stopReason: null,
          usage: { wallTimeMs: 7, cpuTimeMs: 5, memoryBytes: 1024 },
          isCurrent: () => serves,
        })
      },
    }
    const miss = await run({}, { ahead })
    expect(miss.result.compile).not.toHaveProperty('isCurrent')
    const hit = await run({}, { ahead })
    expect(hit.result).toMatchObject({
      compile: { stderr: 'a note\n', cached: true },
      run: { stdout: 'made ahead' },
    })
    expect(hit.events.length).toBe(miss.events.length)
    serves = false
    await run({}, { ahead })
    expect(asked).toBe(2)
    expect(figures()).toMatchObject({ hits: 1, misses: 2, evictions: 1 })
  })
})

describe('an execution whose artefacts cannot be told', () => {
  it('fails no more than without a cache', async () => {
    const fake = createFakeDriver({ programs: { compiler, program } })
    const cache = new CompileCache(1 << 20)
    const failures: unknown[] = []
    const result = await runExecution(
      toyRequest(),
      { signal: new AbortController().signal, emit: () => {} },
      {
        driver: {
          ...fake,
          open: async (spec) => {
            const sandbox = await fake.open(spec)
            return {
              run: (command, signal) => sandbox.run(command, signal),
              dispose: () => sandbox.dispose(),
              artefacts: () => Promise.reject(new SandboxError('collect', 'lost')),
            }
          },
        },
        language: () => toyLanguage(['program'], ['compiler']),
        runtimeVersion: () => '1',
        cpus: { compile: 1, run: 1 },
        compileCaching: { cache, imageHash: () => 'one' },
        onPlatformFailure: ({ error }) => failures.push(error),
      },
    )
    expect(result).toMatchObject({ status: 'succeeded', run: { stdout: 'made of source\n' } })
    expect(failures).toHaveLength(1)
    expect(cache.figures()[0]).toMatchObject({ stores: 0, unfit: 1 })
  })
})
