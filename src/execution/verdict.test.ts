import { describe, expect, it } from 'vitest'

import type { StopReason, Verdict } from '../contract/verdict.js'
import type { StageEnd } from './verdict.js'
import { passed, verdictFor } from './verdict.js'

interface End {
  exitCode?: number | null
  signal?: string
  stopReason?: StopReason
  stderr?: string
  output?: string
}

function end({ exitCode, signal, stopReason, stderr = '', output = stderr }: End): StageEnd {
  const code = exitCode === undefined ? (signal === undefined ? 0 : null) : exitCode
  return { exitCode: code, signal: signal ?? null, stopReason: stopReason ?? null, stderr, output }
}

const killed = { signal: 'SIGKILL' }

type Row = readonly [name: string, run: End, status: Verdict, message: string | null]

const RUN_ROWS: readonly Row[] = [
  ['exit 0', {}, 'succeeded', null],
  ['exit 0 with words on stderr', { stderr: 'warning: old\n' }, 'succeeded', null],
  ['exit 1 in silence', { exitCode: 1 }, 'runtime_error', 'Exited with code 1'],
  ['exit 3 in silence', { exitCode: 3 }, 'runtime_error', 'Exited with code 3'],
  ['exit 255 in silence', { exitCode: 255 }, 'runtime_error', 'Exited with code 255'],
  ['exit 1 with stderr', { exitCode: 1, stderr: 'Traceback\n' }, 'runtime_error', 'Traceback\n'],
  ['exit 1 with a blank stderr', { exitCode: 1, stderr: ' \n\t' }, 'runtime_error', 'Exited with code 1'],
  ['exit 1 with stdout only', { exitCode: 1, output: 'partial' }, 'runtime_error', 'Exited with code 1'],
  ['exit 124, the code of timeout(1)', { exitCode: 124 }, 'runtime_error', 'Exited with code 124'],
  ['exit 126, not executable', { exitCode: 126 }, 'runtime_error', 'Exited with code 126'],
  ['exit 127, not found', { exitCode: 127 }, 'runtime_error', 'Exited with code 127'],
  ['exit 137 by itself is no memory verdict', { exitCode: 137 }, 'runtime_error', 'Exited with code 137'],
  ['exit 139 by itself is no crash', { exitCode: 139 }, 'runtime_error', 'Exited with code 139'],
  ['exit 143 by itself', { exitCode: 143 }, 'runtime_error', 'Exited with code 143'],
  ['SIGSEGV', { signal: 'SIGSEGV' }, 'runtime_error', 'Killed by SIGSEGV'],
  ['SIGABRT with stderr', { signal: 'SIGABRT', stderr: 'assert' }, 'runtime_error', 'assert'],
  ['SIGFPE', { signal: 'SIGFPE' }, 'runtime_error', 'Killed by SIGFPE'],
  ['SIGSYS from a forbidden call', { signal: 'SIGSYS' }, 'runtime_error', 'Killed by SIGSYS'],
  ['SIGXFSZ from the file size limit', { signal: 'SIGXFSZ' }, 'runtime_error', 'Killed by SIGXFSZ'],
  ['SIGKILL of its own doing', killed, 'runtime_error', 'Killed by SIGKILL'],
  ['SIGTERM of its own doing', { signal: 'SIGTERM' }, 'runtime_error', 'Killed by SIGTERM'],
  ['SIGXCPU without the driver stopping it', { signal: 'SIGXCPU' }, 'runtime_error', 'Killed by SIGXCPU'],
  ['CPU limit', { ...killed, stopReason: 'cpu' }, 'time_limit_exceeded', 'Time limit exceeded'],
  ['wall limit', { ...killed, stopReason: 'wall' }, 'time_limit_exceeded', 'Time limit exceeded'],
  [
    'wall limit, SIGTERM handled, exit 0',
    { stopReason: 'wall' },
    'time_limit_exceeded',
    'Time limit exceeded',
  ],
  [
    'CPU limit with stderr',
    { ...killed, stopReason: 'cpu', stderr: 'x' },
    'time_limit_exceeded',
    'Time limit exceeded',
  ],
  ['memory limit', { ...killed, stopReason: 'memory' }, 'memory_limit_exceeded', 'Memory limit exceeded'],
  [
    'memory limit in a child, main exits 0',
    { stopReason: 'memory' },
    'memory_limit_exceeded',
    'Memory limit exceeded',
  ],
  [
    'memory limit in a child, main exits 1',
    { exitCode: 1, stopReason: 'memory' },
    'memory_limit_exceeded',
    'Memory limit exceeded',
  ],
  [
    'memory limit with stderr',
    { ...killed, stopReason: 'memory', stderr: 'MemoryError' },
    'memory_limit_exceeded',
    'Memory limit exceeded',
  ],
  ['output limit', { ...killed, stopReason: 'output' }, 'output_limit_exceeded', 'Output limit exceeded'],
  [
    'output limit although it had exited',
    { stopReason: 'output' },
    'output_limit_exceeded',
    'Output limit exceeded',
  ],
  ['cancelled', { ...killed, stopReason: 'cancelled' }, 'cancelled', 'The execution was cancelled.'],
  [
    'no status at all',
    { exitCode: null },
    'internal_error',
    'The service failed to run the program; please try again.',
  ],
]

const COMPILE_ROWS: readonly Row[] = [
  ['the compiler refuses', { exitCode: 1, stderr: 'a.c:1: error' }, 'compile_error', 'a.c:1: error'],
  ['the compiler refuses on stdout', { exitCode: 2, output: 'error TS1' }, 'compile_error', 'error TS1'],
  ['the compiler uses both streams', { exitCode: 1, stderr: 'b', output: 'ab' }, 'compile_error', 'ab'],
  ['the compiler fails in silence', { exitCode: 4 }, 'compile_error', 'The compiler exited with code 4'],
  [
    'the compiler crashes in silence',
    { signal: 'SIGSEGV' },
    'compile_error',
    'The compiler was killed by SIGSEGV',
  ],
  ['the compiler crashes with words', { signal: 'SIGSEGV', stderr: 'ICE' }, 'compile_error', 'ICE'],
  [
    'CPU limit',
    { ...killed, stopReason: 'cpu' },
    'time_limit_exceeded',
    'Time limit exceeded during compilation',
  ],
  [
    'wall limit',
    { ...killed, stopReason: 'wall' },
    'time_limit_exceeded',
    'Time limit exceeded during compilation',
  ],
  [
    'memory limit',
    { ...killed, stopReason: 'memory' },
    'memory_limit_exceeded',
    'Memory limit exceeded during compilation',
  ],
  [
    'memory limit, gcc exits 1 for cc1',
    { exitCode: 1, stopReason: 'memory', stderr: 'Killed signal terminated program cc1plus' },
    'memory_limit_exceeded',
    'Memory limit exceeded during compilation',
  ],
  [
    'output limit keeps the first errors',
    { ...killed, stopReason: 'output', stderr: 'x.cpp: error' },
    'compile_error',
    'x.cpp: error',
  ],
  [
    'output limit with nothing readable',
    { ...killed, stopReason: 'output', output: '\n\n' },
    'compile_error',
    'Output limit exceeded during compilation',
  ],
  ['cancelled', { ...killed, stopReason: 'cancelled' }, 'cancelled', 'The execution was cancelled.'],
  [
    'no status at all',
    { exitCode: null },
    'internal_error',
    'The service failed to run the program; please try again.',
  ],
]

describe('the run stage decides when there is no compile stage or it passed', () => {
  it.each(RUN_ROWS)('%s', (_name, run, status, errorMessage) => {
    expect(verdictFor({ compile: null, run: end(run) })).toEqual({ status, errorMessage })
    expect(verdictFor({ compile: end({ stderr: 'warning' }), run: end(run) })).toEqual({
      status,
      errorMessage,
    })
  })
})

describe('the compile stage decides when it failed', () => {
  it.each(COMPILE_ROWS)('%s', (_name, compile, status, errorMessage) => {
    expect(verdictFor({ compile: end(compile), run: null })).toEqual({ status, errorMessage })
    expect(verdictFor({ compile: end(compile), run: end({}) })).toEqual({ status, errorMessage })
    expect(passed(end(compile))).toBe(false)
  })
})

describe('passed', () => {
  it('is an exit with 0 that nothing brought about', () => {
    expect(passed(end({}))).toBe(true)
    expect(passed(end({ stopReason: 'memory' }))).toBe(false)
    expect(passed(end({ exitCode: 1 }))).toBe(false)
    expect(passed(end({ signal: 'SIGSEGV' }))).toBe(false)
  })
})

describe('a verdict without a run', () => {
  it('is internal_error when compilation passed, for then a run was owed', () => {
    expect(verdictFor({ compile: end({}), run: null }).status).toBe('internal_error')
    expect(verdictFor({ compile: null, run: null }).status).toBe('internal_error')
  })
})
