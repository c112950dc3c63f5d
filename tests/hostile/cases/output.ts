/** Floods: cut at the limit, marked, what came before kept; and output that is not text. */
import type { HostileCase } from '../case.js'

/** Long enough that only the flood itself can end the program. */
const PATIENT = { wallTimeMs: 15_000, cpuTimeMs: 15_000 }

function floods(program: string, tries: string, more: Partial<HostileCase> = {}): HostileCase {
  return {
    program,
    tries,
    verdict: 'output_limit_exceeded',
    limits: { outputBytes: 100_000, ...PATIENT },
    truncated: ['stdout'],
    ...more,
  }
}

export const OUTPUT_CASES: readonly HostileCase[] = [
  floods('c/flood-no-newline.c', 'one endless line', { prints: [/^a{100000}$/] }),
  floods('c/flood-binary.c', 'random bytes'),
  floods('c/flood-splice.c', 'pages moved into the pipe', { prints: [/^s{100000}$/] }),
  floods('c/flood-reopened.c', 'both streams through fresh openings', { truncated: [] }),
  floods('c/flood-child.c', 'through a child in another session', { truncated: [] }),
  floods('cpp/flood-unflushed.cpp', 'character by character'),
  floods('cpp/flood-last-moment.cpp', 'everything while it ends, on stderr', { truncated: ['stderr'] }),
  floods('python/flood-stderr.py', 'standard error', { truncated: ['stderr'] }),
  floods('python/flood-traceback.py', 'an endless error report', { truncated: ['stderr'] }),
  floods('javascript/flood-both.js', 'both streams at once', { truncated: [] }),
  floods('javascript/flood-async.js', 'queued in memory first'),
  floods('typescript/flood-generator.ts', 'an endless generator', { prints: [/^line 0 t/] }),
  floods('go/flood-goroutines.go', 'many writers', { truncated: [] }),
  floods('java/FloodErr.java', 'stack traces', { truncated: ['stderr'] }),
  floods('bash/flood-yes.sh', 'yes', { prints: [/^(y\n){50000}$/] }),
  {
    program: 'bash/flood-background.sh',
    tries: 'from the background after its end',
    verdict: 'succeeded',
    output: 'parent is done\n',
    limits: { outputBytes: 100_000 },
  },
  {
    program: 'ruby/flood-child-after-exit.rb',
    tries: 'from a child after its end',
    verdict: 'succeeded',
    output: 'parent is done\n',
    limits: { outputBytes: 100_000 },
  },
  {
    program: 'c/output-binary.c',
    tries: 'bytes that are not text',
    verdict: 'succeeded',
    output: '<\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\0\u001B[2J\uFFFD>',
  },
]
