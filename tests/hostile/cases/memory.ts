/** Memory of every kind counts, whoever holds it, and the kernel's count decides the verdict. */
import type { HostileCase } from '../case.js'
import { WITH_PROBE, mebibytes } from '../case.js'

const SMALL = { memoryBytes: mebibytes(64) }

/** Long enough that only memory can end the program. */
const PATIENT = { wallTimeMs: 25_000, cpuTimeMs: 25_000 }

function exceeds(program: string, tries: string, more: Partial<HostileCase> = {}): HostileCase {
  return {
    program,
    tries,
    verdict: 'memory_limit_exceeded',
    ...more,
    limits: { ...SMALL, ...PATIENT, ...more.limits },
  }
}

export const MEMORY_CASES: readonly HostileCase[] = [
  exceeds('c/mem-heap.c', '2 GiB of heap'),
  exceeds('c/mem-mmap-shared.c', 'shared anonymous mappings'),
  exceeds('c/mem-tmpfs.c', 'files in all writable folders', {
    limits: { memoryBytes: mebibytes(32), fileSizeBytes: mebibytes(64) },
  }),
  exceeds('c/mem-sysv-shm.c', 'System V shared memory'),
  exceeds('c/mem-memfd.c', 'anonymous files'),
  exceeds('c/mem-children-sum.c', 'twenty small children together'),
  exceeds('c/mem-child-oom.c', 'a child is killed, the parent hides it'),
  exceeds('c/mem-page-tables.c', 'page tables for sparse memory'),
  exceeds('c/mem-locks.c', 'half a million record locks'),
  exceeds('python/mem-tcp-buffers.py', 'TCP data that nobody reads', {
    variant: 'accepted',
    args: ['accepted'],
  }),
  exceeds('python/mem-tcp-buffers.py', 'TCP data of connections nobody accepts', {
    variant: 'waiting',
    args: ['waiting'],
  }),
  exceeds('c/mem-swap.c', 'pages pushed out to swap'),
  exceeds('c/mem-oom-exempt.c', 'exemption from the memory killer', { denials: 2, with: WITH_PROBE }),
  exceeds('cpp/mem-vector.cpp', 'a vector that grows for ever'),
  exceeds('python/mem-bytearray.py', 'an object that doubles'),
  exceeds('python/mem-child-oom.py', 'a child process killed, exit code 0'),
  exceeds('python/mem-many-small.py', 'cycles of small objects', { limits: { memoryBytes: mebibytes(96) } }),
  exceeds('ruby/mem-strings.rb', 'strings that are kept', { limits: { memoryBytes: mebibytes(96) } }),
  exceeds('ruby/mem-symbols.rb', 'symbols that are never freed', { limits: { memoryBytes: mebibytes(96) } }),
  exceeds('javascript/mem-buffers.js', 'buffers outside the engine heap', {
    limits: { memoryBytes: mebibytes(128) },
  }),
  exceeds('typescript/mem-map.ts', 'typed arrays', { limits: { memoryBytes: mebibytes(160) } }),
  exceeds('go/mem-slices.go', '4 GiB of slices', { limits: { memoryBytes: mebibytes(128) } }),
  exceeds('go/goroutine-leak.go', 'a million waiting goroutines', {
    limits: { memoryBytes: mebibytes(128) },
  }),
  exceeds('java/MemDirect.java', 'mapped files outside the heap', {
    limits: { memoryBytes: mebibytes(192), fileSizeBytes: mebibytes(256) },
    docker: {
      skipped: true,
      why: 'an engine gives each folder a size of its own, and that of /tmp is met first',
    },
  }),
  exceeds('bash/mem-variable.sh', 'a variable that doubles'),
  exceeds('bash/mem-pipeline.sh', 'a pipeline whose last part ends well'),
  {
    program: 'javascript/mem-objects.js',
    tries: 'objects on the engine heap',
    // The engine's own limit of its heap may come before the kernel's.
    verdict: ['memory_limit_exceeded', 'runtime_error'],
    limits: { ...PATIENT, memoryBytes: mebibytes(128) },
  },
  {
    program: 'java/MemHeap.java',
    tries: 'a full heap, caught and ignored',
    // The runtime's own limit of its heap may come before the kernel's.
    verdict: ['memory_limit_exceeded', 'runtime_error'],
    limits: PATIENT,
  },
  {
    program: 'c/mem-stack.c',
    tries: 'recursion on an endless stack',
    // A fixed stack overflows; one without bound is memory like any other.
    verdict: ['runtime_error', 'memory_limit_exceeded'],
    limits: SMALL,
  },
  {
    program: 'c/mem-huge-single.c',
    tries: 'one allocation of 16 TiB',
    // Hosts that overcommit without bound grant it; touching it is then what is stopped.
    verdict: ['runtime_error', 'memory_limit_exceeded'],
    limits: SMALL,
  },
  {
    program: 'cpp/mem-bad-alloc.cpp',
    tries: 'huge allocations, refusals caught',
    verdict: ['memory_limit_exceeded', 'succeeded'],
    limits: SMALL,
  },
  {
    program: 'c/mem-locked.c',
    tries: '1 GiB locked in memory',
    verdict: ['succeeded', 'memory_limit_exceeded'],
    limits: SMALL,
  },
  {
    program: 'c/kernel-objects.c',
    tries: 'sockets, queues, watches, timers until refused',
    verdict: ['succeeded', 'memory_limit_exceeded'],
    prints: [/^DENIED timers EAGAIN$/m],
    limits: { ...PATIENT, memoryBytes: mebibytes(256) },
  },
]
