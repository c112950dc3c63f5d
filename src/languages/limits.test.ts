import { describe, expect, it } from 'vitest'
import { ServiceError } from '../contract/errors.js'
import type { Limits } from '../contract/limits.js'
import { resolveLimits } from './limits.js'
import type { LimitSources } from './limits.js'

const limits: Limits = {
  wallTimeMs: 5,
  cpuTimeMs: 5,
  memoryBytes: 256,
  maxProcesses: 64,
  outputBytes: 10,
  fileSizeBytes: 20,
}
const defaults = { run: limits, compile: { ...limits, wallTimeMs: 15, cpuTimeMs: 15 } }
const maximum = {
  run: { ...limits, wallTimeMs: 30, memoryBytes: 1024 },
  compile: { ...limits, wallTimeMs: 60, cpuTimeMs: 60, memoryBytes: 2048 },
}

const resolve = (sources: Partial<LimitSources>) =>
  resolveLimits({ defaults, maximum, language: {}, ...sources })

function refusalOf(sources: Partial<LimitSources>): ServiceError {
  try {
    resolve(sources)
  } catch (error) {
    if (error instanceof ServiceError) return error
  }
  throw new Error('nothing was refused')
}

describe('resolveLimits', () => {
  it("gives the server's defaults where nobody asks for anything else", () => {
    expect(resolve({})).toEqual(defaults)
  })

  it('gives a language what it needs, stage by stage', () => {
    const language = { limits: { run: { memoryBytes: 512 }, compile: { memoryBytes: 1500 } } }
    const resolved = resolve({ language })
    expect([resolved.run.memoryBytes, resolved.compile.memoryBytes]).toEqual([512, 1500])
    expect(resolved.run.wallTimeMs).toBe(5)
  })

  it('gives the client what it asks for, more or less than the language needs', () => {
    const language = { limits: { run: { memoryBytes: 512 } } }
    expect(resolve({ language, requested: { run: { memoryBytes: 100 } } }).run.memoryBytes).toBe(100)
    expect(resolve({ language, requested: { run: { memoryBytes: 1024 } } }).run.memoryBytes).toBe(1024)
    expect(resolve({ requested: { compile: { wallTimeMs: 60 } } }).run.wallTimeMs).toBe(5)
  })

  it('gives a language no more than the operator allows', () => {
    const language = { limits: { run: { memoryBytes: 4096 } } }
    expect(resolve({ language }).run.memoryBytes).toBe(1024)
  })

  it('refuses a client that asks for more than the maximum, and names the maximum', () => {
    const refusal = refusalOf({ requested: { run: { memoryBytes: 1025 } } })
    expect(refusal).toMatchObject({
      code: 'LIMIT_TOO_HIGH',
      status: 400,
      message: "memoryBytes of the run stage is 1025, the server's maximum is 1024",
      details: [{ path: 'limits.run.memoryBytes' }],
    })
  })

  it('names every limit that is too high', () => {
    const refusal = refusalOf({
      requested: { run: { wallTimeMs: 31, outputBytes: 11 }, compile: { cpuTimeMs: 61 } },
    })
    expect(refusal.details?.map(({ path }) => path)).toEqual([
      'limits.compile.cpuTimeMs',
      'limits.run.wallTimeMs',
      'limits.run.outputBytes',
    ])
  })

  it('does not change what it was given', () => {
    const before = structuredClone({ defaults, maximum })
    resolve({ language: { limits: { run: { memoryBytes: 512 } } }, requested: { run: { wallTimeMs: 1 } } })
    expect({ defaults, maximum }).toEqual(before)
  })
})
