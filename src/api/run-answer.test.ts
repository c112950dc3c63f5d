import { describe, expect, it } from 'vitest'
import { toRunAnswer } from './run-answer.js'
import { executionResult, stageResult } from './test-support.js'

describe('a program that ran', () => {
  it.each([
    ['succeeded', null, { stdout: '5\n', stderr: 'note' }, 'success', 'note'],
    ['time_limit_exceeded', 'Time limit exceeded', { stdout: '1\n' }, 'timeout', 'Time limit exceeded'],
    ['time_limit_exceeded', 'Time limit exceeded', { stderr: 'busy\n' }, 'timeout', 'busy\n'],
    ['runtime_error', 'Traceback', { stderr: 'Traceback' }, 'runtime_error', 'Traceback'],
    ['runtime_error', 'Exited with code 3', { exitCode: 3 }, 'runtime_error', 'Exited with code 3'],
    ['runtime_error', 'Killed by SIGSEGV', { signal: 'SIGSEGV' }, 'runtime_error', 'Killed by SIGSEGV'],
    [
      'memory_limit_exceeded',
      'Memory limit exceeded',
      { stderr: 'half a line' },
      'runtime_error',
      'half a line\nMemory limit exceeded\n',
    ],
    [
      'output_limit_exceeded',
      'Output limit exceeded',
      { stdout: 'xx', stderr: 'line\n' },
      'runtime_error',
      'line\nOutput limit exceeded\n',
    ],
  ] as const)('%s (%j) %j → %s, %j', (status, errorMessage, run, word, stderr) => {
    const answer = toRunAnswer(executionResult({ status, errorMessage, run: stageResult(run) }))
    const stdout = 'stdout' in run ? run.stdout : ''
    expect(answer).toEqual({ status: word, stdout, stderr, stage: 'run' })
  })
})

describe('a program that did not compile', () => {
  it.each([
    ['compile_error', 'main.cpp:1: error', 'main.cpp:1: error', 'runtime_error', 'main.cpp:1: error'],
    [
      'time_limit_exceeded',
      'Time limit exceeded during compilation',
      '',
      'timeout',
      'Time limit exceeded during compilation',
    ],
    [
      'memory_limit_exceeded',
      'Memory limit exceeded during compilation',
      'cc1plus: out\n',
      'runtime_error',
      'cc1plus: out\nMemory limit exceeded during compilation\n',
    ],
  ] as const)('%s (%j)', (status, errorMessage, output, word, stderr) => {
    const compile = stageResult({ output, exitCode: 1 })
    expect(toRunAnswer(executionResult({ status, errorMessage, compile, run: null }))).toEqual({
      status: word,
      stdout: '',
      stderr,
      stage: 'compile',
    })
  })
})

it.each([
  ['internal_error', 'INTERNAL_ERROR'],
  ['cancelled', 'SHUTTING_DOWN'],
] as const)('%s is an error of the service, for which the compact form has no word', (status, code) => {
  const result = executionResult({ status, errorMessage: 'x', run: null })
  expect(() => toRunAnswer(result)).toThrow(expect.objectContaining({ code }))
})
