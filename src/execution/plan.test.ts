import { describe, expect, it } from 'vitest'

import type { ExecutionRequest } from '../contract/execution.js'
import type { Limits } from '../contract/limits.js'
import { defineLanguage } from '../languages/define-language.js'
import { planExecution } from './plan.js'

const MIB = 1_048_576
const limits: Limits = {
  wallTimeMs: 5000,
  cpuTimeMs: 4000,
  memoryBytes: 256 * MIB,
  maxProcesses: 64,
  outputBytes: MIB,
  fileSizeBytes: 64 * MIB,
}
const compileLimits: Limits = { ...limits, wallTimeMs: 15_000, fileSizeBytes: 128 * MIB }

const compiled = defineLanguage({
  id: 'toy',
  name: 'Toy',
  aliases: [],
  extensions: ['toy'],
  monaco: 'plaintext',
  mainFile: 'main.toy',
  image: { packages: [], buildSeconds: 1 },
  version: { argv: ['toy', '--version'], pattern: /(.+)/u },
  extraFiles: { 'toy.mod': 'module box\n' },
  env: { TOY: 'both' },
  compile: { argv: ['toyc', '-o', '/out/main', '{sources}'], env: { STAGE: 'compile' } },
  run: { argv: ['/out/main'], env: { STAGE: 'run' } },
  libraries: [],
  samples: [{ title: 'hello', files: { 'main.toy': 'hello' }, expectedOutput: 'hello\n' }],
})
const { compile: _, ...interpreted } = compiled

const request: ExecutionRequest = {
  jobId: 'job',
  language: 'toy',
  files: [
    { name: 'main.toy', content: Buffer.from('main') },
    { name: 'lib/other.toy', content: Buffer.alloc(5000) },
  ],
  entryPoint: 'main.toy',
  stdin: Buffer.from('input'),
  args: ['one', 'two words'],
  limits: { compile: compileLimits, run: limits },
}
const cpus = { compile: 2, run: 1 }

const names = (plan: ReturnType<typeof planExecution>): readonly string[] =>
  plan.sandbox.files.map(({ name }) => name)

describe('planExecution', () => {
  it('makes a compile and a run stage of a compiled language', () => {
    const { stages } = planExecution(compiled, request, cpus)
    expect(stages.map(({ stage, command }) => [stage, command.argv])).toEqual([
      ['compile', ['toyc', '-o', '/out/main', 'main.toy', 'lib/other.toy']],
      ['run', ['/out/main', 'one', 'two words']],
    ])
  })

  it('makes a run stage alone of an interpreted one', () => {
    expect(planExecution(interpreted, request, cpus).stages.map(({ stage }) => stage)).toEqual(['run'])
  })

  it('gives each stage its own limits, CPUs and environment', () => {
    const [compile, run] = planExecution(compiled, request, cpus).stages
    expect(compile?.command.limits).toEqual({ ...compileLimits, cpus: 2 })
    expect(run?.command.limits).toEqual({ ...limits, cpus: 1 })
    expect(compile?.command.env).toMatchObject({ TOY: 'both', STAGE: 'compile', HOME: '/tmp' })
    expect(run?.command.env).toMatchObject({ TOY: 'both', STAGE: 'run', HOME: '/tmp' })
  })

  it('gives the request’s CPUs to the run stage only', () => {
    const [compile, run] = planExecution(compiled, { ...request, cpus: 0.5 }, cpus).stages
    expect(compile?.command.limits.cpus).toBe(2)
    expect(run?.command.limits.cpus).toBe(0.5)
  })

  it('gives standard input to the run stage only, and starts both in the work folder', () => {
    const [compile, run] = planExecution(compiled, request, cpus).stages
    expect(compile?.command.stdin).toHaveLength(0)
    expect(run?.command.stdin).toBe(request.stdin)
    expect([compile?.command.cwd, run?.command.cwd]).toEqual(['', ''])
  })

  it('adds the language’s own files unless the client sent one of that name', () => {
    expect(names(planExecution(compiled, request, cpus))).toEqual(['main.toy', 'lib/other.toy', 'toy.mod'])
    const own = { name: 'toy.mod', content: Buffer.from('mine') }
    const sent = planExecution(compiled, { ...request, files: [...request.files, own] }, cpus)
    expect(sent.sandbox.files.filter(({ name }) => name === 'toy.mod')).toEqual([own])
  })

  it('makes room for the larger stage’s files, the sources on top of it', () => {
    // Pages of 4 KiB: 1 + 2 + 1 of content and one for each of the three names.
    expect(planExecution(compiled, request, cpus).sandbox.fileSystemBytes).toBe(128 * MIB + 7 * 4096)
    expect(planExecution(interpreted, request, cpus).sandbox.fileSystemBytes).toBe(64 * MIB + 7 * 4096)
  })

  it('leaves room for the sources when the program may write nothing', () => {
    const nothing = { ...limits, fileSizeBytes: 0 }
    const plan = planExecution(interpreted, { ...request, limits: { compile: nothing, run: nothing } }, cpus)
    expect(plan.sandbox.fileSystemBytes).toBeGreaterThan(5000)
  })
})
