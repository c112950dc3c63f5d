/** Programs that do not end: stopped at their limit of CPU or wall-clock time, whatever they ignore. */
import type { HostileCase } from '../case.js'
import { BRIEF, WITH_PROBE } from '../case.js'

/** Little CPU time, much wall-clock time: only the count of CPU time can stop it. */
const LITTLE_CPU = { cpuTimeMs: 700, wallTimeMs: 25_000 }
/** The other way round. */
const LITTLE_WALL = { cpuTimeMs: 5000, wallTimeMs: 1500 }

function timesOut(program: string, tries: string, more: Partial<HostileCase> = {}): HostileCase {
  return { program, tries, verdict: 'time_limit_exceeded', limits: BRIEF, ...more }
}

const spins = (program: string, tries: string): HostileCase =>
  timesOut(program, tries, { limits: LITTLE_CPU, minCpuTimeMs: 690 })

const waits = (program: string, tries: string, prints: readonly RegExp[] = []): HostileCase =>
  timesOut(program, tries, { limits: LITTLE_WALL, prints })

export const TIME_CASES: readonly HostileCase[] = [
  spins('c/cpu-spin.c', 'spin, deaf to every signal'),
  spins('c/cpu-spin-many.c', 'eight processes spin together'),
  spins('cpp/cpu-spin-threads.cpp', 'four threads spin together'),
  spins('go/cpu-all.go', 'busy goroutines, deaf to signals'),
  spins('python/cpu-children.py', 'many children that compute and end'),
  spins('python/regex-bomb.py', 'catastrophic backtracking'),
  spins('python/big-number.py', 'one endless expression'),
  spins('javascript/regex-bomb.js', 'catastrophic backtracking'),
  spins('javascript/cpu-microtasks.js', 'endless microtasks'),
  spins('ruby/regex-bomb.rb', 'catastrophic backtracking'),
  timesOut('java/SpinHook.java', 'spin in main and in the shutdown hook', {
    limits: { cpuTimeMs: 1000, wallTimeMs: 25_000 },
    prints: [/^spinning$/m],
    minCpuTimeMs: 990,
  }),
  waits('java/ExitHook.java', 'a shutdown hook that never ends'),
  waits('python/sleep.py', 'sleep', [/^good night$/m]),
  {
    ...waits('python/sleep.py', 'sleep on input that nobody reads', [/^good night$/m]),
    variant: 'with input',
    stdin: 'x'.repeat(4_000_000),
  },
  waits('bash/sleep-deaf.sh', 'sleep, deaf to signals', [/^good night$/m]),
  waits('c/stop-self.c', 'stop itself', [/^stopping$/m]),
  waits('c/fifo-block.c', 'open a pipe that nobody writes to', [/^waiting$/m]),
  waits('c/close-streams-sleep.c', 'close the streams and stay'),
  waits('cpp/abort-handlers.cpp', 'catch its own crash and wait', [/^crashing$/m]),
  waits('go/select-block.go', 'wait on a channel', [/^waiting$/m]),
  waits('javascript/timers-for-ever.js', 'an endless timer, deaf to signals'),
  waits('ruby/ensure-for-ever.rb', 'refuse to end in every handler', [/^ending$/m]),
  waits('ruby/stdin-fifo.rb', 'wait for input that never comes', [/^input 0$/m]),
  {
    program: 'javascript/stdin-block.js',
    tries: 'read past the end of input',
    verdict: 'succeeded',
    stdin: 'twelve bytes',
    output: 'input ended after 12\n',
  },
  {
    program: 'c/close-streams.c',
    tries: 'close the streams, end later',
    verdict: 'runtime_error',
    exitCode: 9,
    output: 'last words\n',
  },
  {
    program: 'c/sched-realtime.c',
    tries: 'priorities and limits above its own',
    verdict: 'succeeded',
    denials: 7,
    with: WITH_PROBE,
  },
  {
    program: 'c/self-sigxcpu.c',
    tries: 'pretend to have used up its CPU time',
    verdict: 'runtime_error',
    signal: 'SIGXCPU',
  },
  {
    program: 'c/self-sigkill.c',
    tries: 'pretend to have been killed',
    verdict: 'runtime_error',
    signal: 'SIGKILL',
  },
  {
    program: 'c/core-dump.c',
    tries: 'dump core',
    verdict: 'runtime_error',
    signal: 'SIGABRT',
  },
  {
    program: 'python/exit-137.py',
    tries: 'the exit code of a memory kill',
    verdict: 'runtime_error',
    exitCode: 137,
  },
  {
    program: 'python/exit-124.py',
    tries: 'the exit code of a time-out',
    verdict: 'runtime_error',
    exitCode: 124,
  },
]
