import { describe, expect, it } from 'vitest'
import type { ExecutionEvent } from '../contract/events.js'
import type { Checker, TestCase } from '../contract/test-case.js'
import { createFakeDriver } from '../sandbox/drivers/fake/driver.js'
import type { FakeProgram } from '../sandbox/drivers/fake/process.js'
import { runExecution } from './run-execution.js'
import { toyLanguage, toyRequest } from './test-support.js'

const testCase = (own: Partial<TestCase>): TestCase => ({
  name: null,
  stdin: new Uint8Array(),
  args: [],
  expectedOutput: null,
  ...own,
})

interface Setup {
  readonly programs?: Readonly<Record<string, FakeProgram>>
  readonly cases: readonly Partial<TestCase>[]
  readonly checker?: Checker
  readonly stopOnFailure?: boolean
  readonly compile?: readonly string[]
  readonly run?: readonly string[]
  readonly onEvent?: (event: ExecutionEvent) => void
  readonly signal?: AbortSignal
}

async function execute(setup: Setup) {
  const { cases, checker = 'exact', stopOnFailure = false, run = ['echo'], onEvent = () => {} } = setup
  const driver = createFakeDriver({ programs: setup.programs ?? {} })
  const result = await runExecution(
    toyRequest({ tests: { cases: cases.map(testCase), checker, stopOnFailure } }),
    { signal: setup.signal ?? new AbortController().signal, emit: onEvent },
    {
      driver,
      language: () => toyLanguage(run, setup.compile),
      runtimeVersion: () => '1',
      cpus: { compile: 1, run: 1 },
    },
  )
  return { result, leftOpen: driver.openSandboxes(), verdicts: result.tests?.map(({ verdict }) => verdict) }
}

/** Fails where a case before it has been, then leaves traces everywhere it can. */
const messy: FakeProgram = async (process) => {
  const traces = ['/out/trace', '/box/trace', '/tmp/trace', '/dev/shm/trace']
  const found = traces.filter((name) => process.files.has(name))
  for (const name of traces) process.files.set(name, Buffer.from('x'))
  process.files.set('/out/program', Buffer.from('changed'))
  await process.print(found.length === 0 ? 'clean' : found.join())
  return 0
}

/** Prints what the compiler made, then behaves as `messy`. */
const program: FakeProgram = async (process) => {
  await process.print(process.files.get('/out/program') ?? '')
  return messy(process)
}

const failing: FakeProgram = async (process) => {
  const word = String((await process.read()) ?? '')
  if (word === 'spin') process.spin(Infinity)
  return word === 'fail' ? 3 : 0
}

describe('tests', () => {
  it('are judged one by one, in order, with their names and what they used', async () => {
    const { result, verdicts, leftOpen } = await execute({
      cases: [
        { name: 'first', stdin: Buffer.from('a'), expectedOutput: 'a' },
        { stdin: Buffer.from('b'), expectedOutput: 'c' },
        { name: 'any output', stdin: Buffer.from('d') },
      ],
    })
    expect(verdicts).toEqual(['accepted', 'wrong_answer', 'accepted'])
    expect(result.tests?.map(({ name }) => name)).toEqual(['first', null, 'any output'])
    expect(result.tests?.map(({ run }) => run?.stdout)).toEqual(['a', 'b', 'd'])
    expect(result.tests?.[0]?.run?.usage.memoryBytes).toBeGreaterThan(0)
    expect(result).toMatchObject({ status: 'succeeded', errorMessage: null, run: { stdout: 'd' } })
    expect(leftOpen).toEqual([])
  })

  it('get their own arguments', async () => {
    const { result } = await execute({ run: ['arguments'], cases: [{ args: ['x'] }, { args: ['y', 'z'] }] })
    expect(result.tests?.map(({ run }) => run?.stdout)).toEqual(['x\0', 'y\0z\0'])
  })

  it('are compiled once, and each case meets what the compiler made', async () => {
    let compilations = 0
    const compiler: FakeProgram = async ({ files }) => {
      compilations++
      files.set('/out/program', Buffer.from('made'))
      return 0
    }
    const cases = [1, 2, 3].map(() => ({ expectedOutput: 'madeclean' }))
    const { verdicts } = await execute({
      programs: { compiler, program },
      compile: ['compiler'],
      run: ['program'],
      cases,
    })
    expect(verdicts).toEqual(['accepted', 'accepted', 'accepted'])
    expect(compilations).toBe(1)
  })

  it('leave nothing for one another without a compile stage either', async () => {
    const { verdicts } = await execute({
      programs: { messy },
      run: ['messy'],
      cases: [{ expectedOutput: 'clean' }, { expectedOutput: 'clean' }],
    })
    expect(verdicts).toEqual(['accepted', 'accepted'])
  })

  it('say how a program failed, and the first such case decides the whole', async () => {
    const { result, verdicts } = await execute({
      programs: { failing },
      run: ['failing'],
      cases: ['ok', 'fail', 'spin', 'ok'].map((word) => ({ stdin: Buffer.from(word) })),
    })
    expect(verdicts).toEqual(['accepted', 'runtime_error', 'time_limit_exceeded', 'accepted'])
    expect(result).toMatchObject({ status: 'runtime_error', errorMessage: 'Exited with code 3' })
  })

  it('after a failure are skipped where that was asked for', async () => {
    const cases = ['a', 'x', 'a'].map((expectedOutput) => ({ stdin: Buffer.from('a'), expectedOutput }))
    expect((await execute({ cases, stopOnFailure: true })).verdicts).toEqual([
      'accepted',
      'wrong_answer',
      'skipped',
    ])
    expect((await execute({ cases })).verdicts).toEqual(['accepted', 'wrong_answer', 'accepted'])
  })

  it('are skipped when the program does not compile', async () => {
    const { result, verdicts } = await execute({ compile: ['exit', '1'], cases: [{}, {}] })
    expect(verdicts).toEqual(['skipped', 'skipped'])
    expect(result).toMatchObject({ status: 'compile_error', run: null })
  })

  it('end with the one that runs when they are cancelled', async () => {
    const aborter = new AbortController()
    const { result, verdicts } = await execute({
      cases: [{}, {}, {}],
      run: ['hello'],
      signal: aborter.signal,
      onEvent: (event) => {
        if (event.type === 'stage-finished') aborter.abort()
      },
    })
    expect(verdicts).toEqual(['accepted', 'skipped', 'skipped'])
    expect(result.status).toBe('cancelled')
  })

  it('keep the beginning of long output, judged as a whole', async () => {
    const long = `${'x'.repeat(65_535)}\u{1F600}`
    const { result, verdicts } = await execute({
      cases: [{ stdin: Buffer.from(long), expectedOutput: long }],
    })
    expect(verdicts).toEqual(['accepted'])
    expect(result.tests?.[0]?.run).toMatchObject({
      stdout: 'x'.repeat(65_535),
      truncated: { stdout: true, stderr: false },
    })
  })
})
