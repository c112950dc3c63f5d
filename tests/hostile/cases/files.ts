/** Disk, inodes, descriptors, names and links: bounded, and nothing that was made stands in the way of cleaning up. */
import type { HostileCase } from '../case.js'
import { WITH_PROBE, mebibytes } from '../case.js'

export const FILE_CASES: readonly HostileCase[] = [
  {
    program: 'python/disk-fill.py',
    tries: 'fill every writable folder',
    verdict: 'succeeded',
    denials: 4,
    prints: [/^DENIED \/box ENOSPC$/m, /^limit held$/m],
    limits: { fileSizeBytes: mebibytes(64), memoryBytes: mebibytes(256) },
  },
  {
    program: 'c/disk-one-file.c',
    tries: 'one endless file',
    verdict: 'succeeded',
    prints: [/^DENIED write (EFBIG|ENOSPC) after (\d|1[0-6]) MiB$/m],
    limits: { fileSizeBytes: mebibytes(16) },
  },
  {
    program: 'c/disk-sparse.c',
    tries: 'huge sparse files',
    verdict: 'succeeded',
    denials: 4,
    prints: [/^size 0$/m],
    with: WITH_PROBE,
  },
  {
    program: 'c/disk-inodes.c',
    tries: 'empty files until refused',
    verdict: 'succeeded',
    prints: [/^DENIED open ENOSPC/m],
  },
  {
    program: 'c/disk-hard-links.c',
    tries: 'hard links until refused',
    verdict: 'succeeded',
    prints: [/^DENIED link (ENOSPC|EMLINK)/m],
  },
  {
    program: 'c/disk-deep-folders.c',
    tries: 'folders deeper than any path',
    verdict: 'succeeded',
    output: 'deep enough: yes\n',
  },
  {
    program: 'ruby/disk-tree.rb',
    tries: 'many files in closed folders',
    verdict: 'succeeded',
    prints: [/^(DENIED Errno::ENOSPC after|made) \d+$/m],
  },
  {
    program: 'python/disk-names.py',
    tries: 'long and odd file names',
    verdict: 'succeeded',
    denials: 2,
  },
  {
    program: 'python/disk-root.py',
    tries: 'write outside the writable folders, change the sources',
    verdict: 'succeeded',
    denials: 29,
  },
  {
    program: 'c/fd-exhaust.c',
    tries: 'descriptors in forty processes',
    verdict: 'succeeded',
    prints: [/^DENIED open E(MFILE|NFILE) after \d{1,5}$/m],
  },
  {
    program: 'c/fd-inherited.c',
    tries: 'find descriptors that were left open',
    verdict: 'succeeded',
    output: 'three streams\n',
  },
  {
    program: 'bash/symlinks.sh',
    tries: 'links out of the writable folders',
    verdict: 'succeeded',
    output: 'linked\n',
    args: (host) => [host.canaryFile],
  },
  {
    program: 'bash/history-traces.sh',
    tries: 'find traces of earlier executions',
    verdict: 'succeeded',
    output: 'alone\n',
  },
]
