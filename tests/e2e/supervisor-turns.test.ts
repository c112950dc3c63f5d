/** What one program leaves behind takes the kernel long to take apart; nobody else waits for that. */
import { expect, it } from 'vitest'
import { DRIVER } from '../hostile/harness/service.js'
import type { Service } from '../hostile/harness/service.js'
import { execute, metric } from './support/client.js'
import { describeWhereItCanRun, withService } from './support/suite.js'

const MIB = 2 ** 20
const TIMEOUT_MS = 120_000
const LONG = { memoryBytes: 1024 * MIB, cpuTimeMs: 10_000, wallTimeMs: 20_000, fileSizeBytes: 256 * MIB }

/** Far above what a busy machine makes of a turn, far below what the kernel takes for these programs. */
const LONGEST_TURN_SECONDS = 0.4
const LONGEST_HELLO_MS = 2000
/** So long others are looked at after the program's end. */
const AFTERWARDS_MS = 2000

/** Names that do not exist, each of which the kernel remembers. */
const NEGATIVE_DENTRIES = `#include <stdio.h>
#include <unistd.h>
int main(void) { char name[40]; for (int i = 0; i < 500000; i++) { sprintf(name, "/usr/lib/zzz-%d", i); access(name, 0); } }`

const INCLUDES = `${Array.from({ length: 60_000 }, (_, i) => `#if __has_include("zz${i}")\n#endif`).join('\n')}
int main(void) { return 0; }`

const FULL_FOLDER = `#include <fcntl.h>
#include <unistd.h>
static char block[1 << 20];
int main(void) { int file = open("/tmp/full", O_CREAT | O_WRONLY, 0600); while (write(file, block, sizeof block) > 0); }`

const MANY_FILES = `#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
int main(void) {
  char name[40];
  for (int i = 0; i < 50 && chdir("/tmp") == 0; i++)
    for (int deep = 0; deep < 300 && mkdir("d", 0700) == 0 && chdir("d") == 0; deep++);
  for (int i = 0; sprintf(name, "/tmp/f%d", i) > 0 && mkdir(name, 0700) == 0; i++);
}`

interface Neighbour {
  readonly slowestMs: number
  readonly outputs: ReadonlySet<string>
  /** How much longer than it may a program ran that sleeps. */
  readonly latestMs: number
}

/** Says hello again and again, and sleeps for longer than it may, until some time after `others` have ended. */
async function neighbour(service: Service, others: Promise<unknown>): Promise<Neighbour> {
  const ending = { isOver: false }
  const afterwards = others.finally(() => setTimeout(() => (ending.isOver = true), AFTERWARDS_MS))
  let slowestMs = 0
  let latestMs = 0
  const outputs = new Set<string>()
  while (!ending.isOver) {
    const asked = performance.now()
    const hello = await execute(service, { language: 'bash', code: 'echo hello' })
    slowestMs = Math.max(slowestMs, performance.now() - asked)
    outputs.add(hello.output)
    const wallTimeMs = 50
    const sleeper = await execute(service, { language: 'bash', code: 'sleep 9', limits: { wallTimeMs } })
    expect(sleeper.runTimeStatus).toBe('time_limit_exceeded')
    latestMs = Math.max(latestMs, sleeper.usage.wallTimeMs - wallTimeMs)
  }
  await afterwards
  return { slowestMs, outputs, latestMs }
}

describeWhereItCanRun(
  'the supervisor',
  () => {
    withService('serves others while it cleans up', {}, (service) => {
      it.each([
        ['hundreds of thousands of names that do not exist', NEGATIVE_DENTRIES],
        ['as many that a compiler looked for', INCLUDES],
        ['a full folder', FULL_FOLDER],
        ['as many files as there may be, deep and wide', MANY_FILES],
      ])(
        'after %s',
        async (_, code) => {
          const program = execute(service(), { language: 'c', code, limits: LONG })
          const { slowestMs, latestMs, outputs } = await neighbour(service(), program)
          expect([...outputs]).toEqual(['hello\n'])
          expect(await metric(service(), 'codeexec_supervisor_longest_turn_seconds')).toBeLessThan(
            LONGEST_TURN_SECONDS,
          )
          expect(slowestMs).toBeLessThan(LONGEST_HELLO_MS)
          expect(latestMs).toBeLessThan(LONGEST_HELLO_MS)
        },
        TIMEOUT_MS,
      )
    })
  },
  DRIVER === 'namespaces' ? undefined : 'the supervisor belongs to the namespaces driver',
)
