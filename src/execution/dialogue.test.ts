import { describe, expect, it } from 'vitest'
import type { ExecutionEvent } from '../contract/events.js'
import type { ProgramInput, ProgramInputSource } from '../contract/program-input.js'
import { createFakeDriver } from '../sandbox/drivers/fake/driver.js'
import type { FakeProgram } from '../sandbox/drivers/fake/process.js'
import { runExecution } from './run-execution.js'
import { toyLanguage, toyRequest } from './test-support.js'

const HOUR_MS = 3_600_000

/** What a client says: all of it as soon as the program listens. */
function saying(...inputs: ProgramInput[]): ProgramInputSource {
  return {
    used: false,
    attach: (sink) => {
      for (const input of inputs) void sink(input)
    },
  }
}

interface Talk {
  readonly program?: FakeProgram
  readonly input?: ProgramInputSource
  readonly idleTimeMs?: number
  readonly stdin?: string
  readonly signal?: AbortSignal
  readonly emit?: (event: ExecutionEvent) => void | Promise<void>
}

function talk({ program, input, idleTimeMs = HOUR_MS, stdin = '', signal, emit = () => {} }: Talk) {
  return runExecution(
    toyRequest({ interactive: { idleTimeMs }, stdin: Buffer.from(stdin) }),
    { signal: signal ?? new AbortController().signal, emit, ...(input !== undefined && { input }) },
    {
      driver: createFakeDriver(program === undefined ? {} : { programs: { talker: program } }),
      language: () => toyLanguage([program === undefined ? 'echo' : 'talker']),
      runtimeVersion: () => '1.0',
      cpus: { compile: 1, run: 1 },
    },
  )
}

/** Reads until the end of input, which never comes by itself. */
const listens: FakeProgram = async (process) => {
  while ((await process.read()) !== undefined);
  return 0
}

describe('a dialogue with a program', () => {
  it('gives it its first input, then what the client says, then the end', async () => {
    const input = saying({ type: 'stdin', data: 'said ü' }, { type: 'stdin-end' })
    const { status, run } = await talk({ input, stdin: 'first, ' })
    expect(status).toBe('succeeded')
    expect(run?.stdout).toBe('first, said ü')
  })

  it('passes signals on', async () => {
    const { run } = await talk({ program: listens, input: saying({ type: 'signal', signal: 'SIGUSR1' }) })
    expect(run).toMatchObject({ signal: 'SIGUSR1', stopReason: null })
  })

  it('ends it when neither side says anything, and says so', async () => {
    const { status, errorMessage, run } = await talk({ program: listens, idleTimeMs: 30 })
    expect(status).toBe('time_limit_exceeded')
    expect(errorMessage).toBe('Time limit exceeded: idle for too long, with neither input nor output')
    expect(run?.stopReason).toBe('idle')
  })

  it('is over when the client has gone, which is no idleness', async () => {
    const leaving = new AbortController()
    const input: ProgramInputSource = { used: false, attach: () => leaving.abort() }
    const { status, run } = await talk({ program: listens, input, signal: leaving.signal })
    expect([status, run?.stopReason]).toEqual(['cancelled', 'cancelled'])
  })

  it('waits for whoever takes the output before the program writes more', async () => {
    const order: string[] = []
    const program: FakeProgram = async (process) => {
      for (const text of ['one', 'two']) {
        order.push(`writes ${text}`)
        await process.print(text)
      }
      return 0
    }
    await talk({
      program,
      emit: async (event) => {
        if (event.type !== 'output') return
        await new Promise((resolve) => {
          setImmediate(resolve)
        })
        order.push(`took ${Buffer.from(event.chunk).toString()}`)
      },
    })
    expect(order).toEqual(['writes one', 'took one', 'writes two', 'took two'])
  })
})
