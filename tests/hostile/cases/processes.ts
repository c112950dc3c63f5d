/** Fork and thread bombs: the limit of 64 processes and threads holds, and none of them is left. */
import type { HostileCase } from '../case.js'
import { BRIEF, mebibytes } from '../case.js'

const BELOW_64 = / after ([0-9]|[1-5][0-9]|6[0-3])$/m

export const PROCESS_CASES: readonly HostileCase[] = [
  {
    program: 'c/fork-bomb.c',
    tries: 'fork until refused, leave all children',
    verdict: 'succeeded',
    prints: [/^DENIED fork EAGAIN/m, BELOW_64],
  },
  {
    program: 'c/fork-bomb-recursive.c',
    tries: 'every process forks for ever',
    verdict: 'time_limit_exceeded',
    output: '',
    limits: BRIEF,
  },
  {
    program: 'c/vfork-bomb.c',
    tries: 'a chain of vfork',
    verdict: 'succeeded',
    prints: [/^DENIED vfork EAGAIN/m, BELOW_64],
  },
  {
    program: 'c/clone-thread-bomb.c',
    tries: 'threads by raw clone',
    verdict: 'succeeded',
    prints: [/^DENIED clone EAGAIN/m, BELOW_64],
  },
  {
    program: 'c/daemon-chain.c',
    tries: 'a moving chain of daemons',
    verdict: 'succeeded',
    output: 'chain started\n',
    limits: { wallTimeMs: 4000 },
  },
  {
    program: 'c/clone-parent.c',
    tries: 'siblings that end before it, to be taken for it',
    verdict: 'runtime_error',
    exitCode: 5,
    output: 'the main program ends last\n',
  },
  {
    program: 'c/exit-race.c',
    tries: 'end while thirty processes fork',
    verdict: 'succeeded',
    output: 'left in the middle of it\n',
    limits: { wallTimeMs: 4000 },
  },
  {
    program: 'c/exec-chain.c',
    tries: 'start itself anew for ever',
    verdict: 'time_limit_exceeded',
    limits: BRIEF,
  },
  {
    program: 'cpp/thread-bomb.cpp',
    tries: 'threads until refused',
    verdict: 'succeeded',
    prints: [/^DENIED thread EAGAIN/m, BELOW_64],
  },
  {
    program: 'java/ThreadBomb.java',
    tries: 'threads until refused',
    verdict: 'succeeded',
    prints: [/^DENIED thread/m, BELOW_64],
    limits: { maxProcesses: 64 },
  },
  {
    program: 'go/thread-bomb.go',
    tries: 'goroutines that keep their threads',
    verdict: 'runtime_error',
    prints: [/failed to create new OS thread|errno=11/],
  },
  {
    program: 'go/process-bomb.go',
    tries: 'start itself twice, each start again',
    // Where the refusal hits the runtime's own threads, the main process is among those that give up.
    verdict: ['succeeded', 'runtime_error'],
    limits: { wallTimeMs: 4000 },
  },
  {
    program: 'python/fork-bomb.py',
    tries: 'fork until refused, in every child',
    verdict: 'succeeded',
    prints: [/^DENIED fork EAGAIN/m, BELOW_64],
  },
  {
    program: 'ruby/fork-bomb.rb',
    tries: 'processes for ever',
    verdict: 'time_limit_exceeded',
    output: 'more than thirty\n',
    limits: { wallTimeMs: 2500 },
  },
  {
    program: 'ruby/thread-bomb.rb',
    tries: 'threads until refused',
    // The interpreter may hang once it was refused a thread; by then it has said so.
    verdict: ['succeeded', 'time_limit_exceeded'],
    prints: [/^DENIED thread/m, BELOW_64],
    limits: { wallTimeMs: 3000 },
  },
  {
    program: 'javascript/process-bomb.js',
    tries: 'detached child processes',
    verdict: 'succeeded',
    prints: [/^DENIED spawn EAGAIN/m, BELOW_64],
  },
  {
    program: 'javascript/worker-bomb.js',
    tries: 'worker threads with heaps of their own',
    // Threads or memory run out first, depending on how much one worker needs.
    verdict: ['succeeded', 'runtime_error', 'memory_limit_exceeded'],
    limits: { memoryBytes: mebibytes(256), wallTimeMs: 15_000, cpuTimeMs: 15_000 },
  },
  {
    program: 'bash/fork-bomb.sh',
    tries: 'the classic fork bomb',
    verdict: 'time_limit_exceeded',
    limits: BRIEF,
  },
  {
    program: 'bash/exit-storm.sh',
    tries: 'kill itself while children write and fork',
    verdict: 'runtime_error',
    signal: 'SIGKILL',
    limits: { wallTimeMs: 4000 },
  },
]
