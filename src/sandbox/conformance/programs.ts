/** The programs that the conformance suite runs: one behaviour each, by name. */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import type { SourceFile } from '../../contract/execution.js'

/** What a program does is said where it is written: `fixtures/*.c`, function by function. */
export type ProgramName =
  | 'hello'
  | 'echo'
  | 'arguments'
  | 'environment'
  | 'working-directory'
  | 'exit'
  | 'raise'
  | 'segfault'
  | 'cat'
  | 'try-read'
  | 'descriptors'
  | 'reopen-streams'
  | 'spin'
  | 'spin-detached'
  | 'burn'
  | 'sleep'
  | 'sleep-stubborn'
  | 'heap'
  | 'shared-mapping'
  | 'memory-file'
  | 'system-v-segments'
  | 'touch'
  | 'heap-in-child'
  | 'kill-child'
  | 'fork-bomb'
  | 'count-forks'
  | 'count-threads'
  | 'hold-streams'
  | 'leave-daemon'
  | 'list-processes'
  | 'leave-orphans'
  | 'kill-everyone'
  | 'kill-init'
  | 'flood'
  | 'write-bytes'
  | 'alternate'
  | 'list-folder'
  | 'describe'
  | 'write-file'
  | 'tamper'
  | 'create'
  | 'mount-flags'
  | 'fill'
  | 'count-files'
  | 'count-descriptors'
  | 'grow-file'
  | 'sparse-file'
  | 'network-interfaces'
  | 'reach'
  | 'reach-abstract'
  | 'loopback'
  | 'exotic-sockets'
  | 'socket-pairs'
  | 'write-back'
  | 'plant'
  | 'look'
  | 'identity'
  | 'resource-limits'
  | 'forbidden-calls'
  | 'name-signals'
  | 'terminal'
  | 'hoard'
  | 'write-once'

/** What a case needs beyond the driver itself: programs; limits in real time; the kernel's own /proc. */
export type Need = ProgramName | 'real-time' | 'proc'

/** How to run the programs in one driver's sandboxes. */
export interface ConformancePrograms {
  /** Image that every sandbox is opened with. */
  readonly image: string
  /** Makes the files that every sandbox is opened with; called once. */
  load(): Promise<readonly SourceFile[]>
  /** Run in a new sandbox before its first program. */
  readonly prepare?: readonly string[]
  argv(program: ProgramName, args: readonly string[]): readonly string[]
  /** False for what this driver does not claim to do; the cases that need it are skipped, visibly. */
  supports(need: Need): boolean
}

/** Every program, compiled on this host for any Linux image that has coreutils. */
export function compiledPrograms(image: string): ConformancePrograms {
  return {
    image,
    load: async () => [{ name: 'probe', content: await compileProbe() }],
    prepare: ['install', '-m', '755', '/box/probe', '/out/probe'],
    argv: (program, args) => ['/out/probe', program, ...args],
    supports: () => true,
  }
}

async function compileProbe(): Promise<Uint8Array> {
  const sources = fileURLToPath(new URL('fixtures', import.meta.url))
  const folder = await mkdtemp(path.join(tmpdir(), 'codeexec-conformance-'))
  try {
    const units = (await readdir(sources)).filter((name) => name.endsWith('.c'))
    const binary = path.join(folder, 'probe')
    const flags = ['-std=gnu11', '-D_GNU_SOURCE', '-O1', '-static', '-pthread', '-Wall', '-Wextra', '-Werror']
    await promisify(execFile)('cc', [...flags, '-o', binary, ...units], { cwd: sources })
    return await readFile(binary)
  } finally {
    await rm(folder, { recursive: true })
  }
}
