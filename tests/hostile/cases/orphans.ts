/**
 * What a program leaves running neither delays its answer nor survives it. The limit of wall-clock time is shorter
 * than the orphans' lives: an answer that waited for them would be a time-out.
 */
import type { HostileCase } from '../case.js'

function leaves(program: string, tries: string): HostileCase {
  return {
    program,
    tries,
    verdict: 'succeeded',
    output: 'parent is done\n',
    limits: { wallTimeMs: 4500 },
  }
}

export const ORPHAN_CASES: readonly HostileCase[] = [
  leaves('c/orphan-double-fork.c', 'a daemon that keeps the streams'),
  leaves('c/orphan-passed-stream.c', 'a stream hidden in a socket and a stopped child'),
  leaves('c/odd-name.c', 'orphans whose names break parsers'),
  { ...leaves('bash/stdin-ignored.sh', 'input that nobody reads'), stdin: 'x'.repeat(4_000_000) },
  leaves('python/orphan-streams.py', 'ten sessions that hold the streams'),
  leaves('ruby/orphan-daemon.rb', "the library's own daemon"),
  leaves('javascript/orphan-detached.js', 'detached children'),
  leaves('typescript/orphan-typed.ts', 'a detached child'),
  leaves('go/orphan-setsid.go', 'a grandchild in another session'),
  leaves('java/OrphanProcess.java', 'a process that outlives the runtime'),
  leaves('bash/orphan-nohup.sh', 'nohup, setsid, coproc, disown'),
  { ...leaves('cpp/static-init-escape.cpp', 'daemons before and after main'), output: 'main is done\n' },
  {
    program: 'c/kill-everyone.c',
    tries: 'signal everything, its watcher too',
    verdict: 'runtime_error',
    exitCode: 4,
    output: 'still alive\n',
  },
  {
    program: 'c/kill-own-group.c',
    tries: 'kill its own process group',
    verdict: 'runtime_error',
    signal: 'SIGKILL',
    output: 'farewell\n',
  },
  {
    program: 'c/processes-visible.c',
    tries: 'see or signal other processes',
    verdict: 'succeeded',
    prints: [/^only its own: /m],
  },
]
