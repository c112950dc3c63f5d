import { describe, expect, it } from 'vitest'
import type { ExecutionResult } from '../contract/execution.js'
import { executeAnswer } from '../contract/wire/execute.js'
import { toExecuteAnswer } from './execute-answer.js'
import { executionResult, stageResult } from './test-support.js'

const answerTo = (own: Partial<ExecutionResult> = {}) => toExecuteAnswer(executionResult(own)).result

describe('a program that succeeded', () => {
  it('is answered in the shape of the contract', () => {
    expect(toExecuteAnswer(executionResult())).toEqual({
      succeeded: true,
      result: {
        jobId: '0b7c1d1e-6a57-4b3c-9a0e-2f7d3c1b5a48',
        language: 'python',
        version: '3.13.5',
        output: 'hello\n',
        stderr: '',
        errorMessage: null,
        executionTime: 0.023,
        memoryUsage: '9.1MB',
        cpuUsage: '87.4%',
        runTimeStatus: 'succeeded',
        exitCode: 0,
        signal: null,
        truncated: { stdout: false, stderr: false },
        usage: { wallTimeMs: 23, cpuTimeMs: 20, memoryBytes: 9_543_680 },
        compile: null,
      },
    })
  })
})

describe('figures', () => {
  it.each([
    [{ wallTimeMs: 0, cpuTimeMs: 0, memoryBytes: 0 }, 0, '0.0MB', '0.0%'],
    [{ wallTimeMs: 1.4, cpuTimeMs: 0.7, memoryBytes: 1024 }, 0.001, '0.0MB', '50.0%'],
    [{ wallTimeMs: 1234.5678, cpuTimeMs: 2469, memoryBytes: 2 ** 30 }, 1.235, '1024.0MB', '200.0%'],
    [{ wallTimeMs: 5000, cpuTimeMs: 4, memoryBytes: 104_857_600 }, 5, '100.0MB', '0.1%'],
  ])('%j', (usage, executionTime, memoryUsage, cpuUsage) => {
    expect(answerTo({ run: stageResult({ usage }) })).toMatchObject({ executionTime, memoryUsage, cpuUsage })
  })

  it('are whole numbers in `usage`', () => {
    const usage = { wallTimeMs: 1.6, cpuTimeMs: 0.4, memoryBytes: 10.5 }
    expect(answerTo({ run: stageResult({ usage }) }).usage).toEqual({
      wallTimeMs: 2,
      cpuTimeMs: 0,
      memoryBytes: 11,
    })
  })
})

describe('a program that failed', () => {
  it.each([
    ['runtime_error', 'Exited with code 3', { exitCode: 3 }],
    ['runtime_error', 'Killed by SIGSEGV', { exitCode: null, signal: 'SIGSEGV' }],
    ['time_limit_exceeded', 'Time limit exceeded', { exitCode: null, signal: 'SIGKILL', stdout: 'before' }],
    ['output_limit_exceeded', 'Output limit exceeded', { truncated: { stdout: true, stderr: false } }],
    ['memory_limit_exceeded', 'Memory limit exceeded', { stderr: 'killed' }],
  ] as const)('%s keeps what it wrote and says %j', (status, errorMessage, run) => {
    const { stdout: output, ...rest } = { stdout: '', ...run }
    expect(answerTo({ status, errorMessage, run: stageResult(run) })).toMatchObject({
      runTimeStatus: status,
      errorMessage,
      output,
      ...rest,
    })
  })

  it('to compile has no run, and the figures of a run that was not', () => {
    const compile = stageResult({ stderr: 'main.cpp:1: error', output: 'main.cpp:1: error', exitCode: 1 })
    const errorMessage = 'main.cpp:1: error'
    expect(answerTo({ status: 'compile_error', errorMessage, compile, run: null })).toMatchObject({
      output: '',
      stderr: '',
      errorMessage,
      executionTime: 0,
      memoryUsage: '0.0MB',
      cpuUsage: '0.0%',
      exitCode: null,
      usage: { wallTimeMs: 0, cpuTimeMs: 0, memoryBytes: 0 },
      compile: { output: errorMessage, exitCode: 1, usage: { wallTimeMs: 23, cpuTimeMs: 20 } },
    })
  })
})

describe('a compiled program', () => {
  it('has its compile stage beside the run', () => {
    const compile = stageResult({ output: 'warning: unused', exitCode: 0 })
    expect(answerTo({ compile }).compile).toEqual({
      output: 'warning: unused',
      exitCode: 0,
      usage: { wallTimeMs: 23, cpuTimeMs: 20, memoryBytes: 9_543_680 },
    })
  })
})

it('every answer fits the documented schema', () => {
  const results = [
    executionResult(),
    executionResult({ compile: stageResult(), run: null, status: 'compile_error', errorMessage: 'x' }),
    executionResult({ compile: null, run: null, status: 'cancelled', errorMessage: 'x' }),
  ]
  for (const result of results)
    expect(executeAnswer.parse(toExecuteAnswer(result))).toEqual(toExecuteAnswer(result))
})
