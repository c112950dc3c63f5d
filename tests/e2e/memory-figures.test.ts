/** What is told of a program's memory is true beside its limit, and the same whoever ran before. */
import { expect, it } from 'vitest'
import type { Service } from '../hostile/harness/service.js'
import { execute, post } from './support/client.js'
import { start } from './support/interactive.js'
import { withService } from './support/suite.js'

const MIB = 2 ** 20
const TIMEOUT_MS = 300_000
/** Time enough on a busy machine for a program that its limit slows down. */
const TIME = { cpuTimeMs: 20_000, wallTimeMs: 30_000 }

const SMALL: Readonly<Record<string, string>> = {
  bash: 'echo 1',
  c: '#include <stdio.h>\nint main(void) { puts("1"); }',
  javascript: 'console.log(1)',
  python: 'print(1)',
  ruby: 'puts 1',
}
const GREEDY: Readonly<Record<string, string>> = {
  bash: 'x=$(head -c 60000000 /dev/zero | tr "\\0" a); echo ${#x}',
  javascript: 'Buffer.alloc(150 << 20, 1)',
  python: 'x = bytearray(150 << 20)\nfor i in range(0, 150 << 20, 4096): x[i] = 1',
  ruby: '"a" * (150 << 20)',
}

const FORTY_MIB = `#include <stdlib.h>
int main(void) { volatile char *p = malloc(40 << 20); for (int i = 0; i < 40 << 20; i += 4096) p[i] = 1; }`

/** Has the kernel read files of the image again, on its own account. */
const FILL_CACHE = `#define _GNU_SOURCE
#include <fcntl.h>
#include <ftw.h>
#include <unistd.h>
static char block[1 << 16];
static long total;
static int visit(const char *path, const struct stat *status, int kind, struct FTW *walk) {
  (void)status, (void)walk;
  int file = kind == FTW_F && total < 64 << 20 ? open(path, O_RDONLY) : -1;
  if (file < 0) return 0;
  posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
  for (long got; (got = read(file, block, sizeof block)) > 0;) total += got;
  return close(file);
}
int main(void) { return nftw("/usr", visit, 16, FTW_PHYS); }`

/** What of small and greedy programs under small and large limits was told wrongly. */
async function untrueFigures(service: Service): Promise<string[]> {
  const untrue: string[] = []
  for (const [programs, sizes, ends] of [
    [SMALL, [1, 2, 12, 16, 32], ['succeeded', 'memory_limit_exceeded']],
    [GREEDY, [1, 8, 32], ['memory_limit_exceeded']],
  ] as const) {
    for (const [language, code] of Object.entries(programs)) {
      for (const memoryBytes of sizes.map((size) => size * MIB)) {
        const limits = { ...TIME, memoryBytes }
        const { runTimeStatus, usage } = await execute(service, { language, code, limits })
        if (!ends.some((end) => end === runTimeStatus) || usage.memoryBytes > memoryBytes)
          untrue.push(`${language} with ${memoryBytes}: ${runTimeStatus}, ${usage.memoryBytes}`)
      }
    }
  }
  return untrue
}

withService('memory figures', {}, (service) => {
  it('are never above the limit', async () => expect(await untrueFigures(service())).toEqual([]), TIMEOUT_MS)

  it(
    'are the same after another has filled the file cache, and for the same program',
    async () => {
      const limits = { ...TIME, memoryBytes: 64 * MIB }
      const figures: number[] = []
      for (let round = 0; round < 3; round++) {
        const others = Array.from({ length: 2 }, () =>
          execute(service(), { language: 'c', code: FILL_CACHE, limits: TIME }),
        )
        for (const other of await Promise.all(others)) expect(other.runTimeStatus).toBe('succeeded')
        for (let time = 0; time < 8; time++) {
          const result = await execute(service(), { language: 'c', code: FORTY_MIB, limits })
          expect(result.runTimeStatus).toBe('succeeded')
          figures.push(result.usage.memoryBytes / MIB)
        }
      }
      expect(Math.min(...figures)).toBeGreaterThan(39.5)
      expect(Math.max(...figures)).toBeLessThan(42.5)
    },
    TIMEOUT_MS,
  )

  it('have a least limit, below which every way of running a program names it', async () => {
    const program = { language: 'bash', code: 'echo 1', limits: { memoryBytes: MIB - 1 } }
    const files = { language: 'bash', files: [{ filename: 'a.sh', code: 'echo 1', isEntryPoint: true }] }
    for (const [address, body] of [
      ['/api/v1/execute', program],
      ['/api/v2/execute', { ...files, limits: program.limits }],
      ['/api/v1/submissions', program],
    ] as const) {
      const answer = await post(service(), address, body)
      expect({ address, status: answer.status }).toEqual({ address, status: 400 })
      expect(answer.body.errorMessage).toContain(`limits.memoryBytes must be at least ${MIB}`)
    }
    const session = await start(service(), program)
    const refusal = await session.heard(({ type }) => type === 'error')
    expect(refusal.errorMessage).toContain(`limits.memoryBytes must be at least ${MIB}`)
  })
})

withService('memory figures of programs that are started plainly', { CODEEXEC_WARM: 'off' }, (service) => {
  it('are never above the limit', async () => expect(await untrueFigures(service())).toEqual([]), TIMEOUT_MS)
})
