/** Many at once and many in a row: no answer is lost or mixed up, and nothing adds up. */
import { expect, it } from 'vitest'
import { execute } from './support/client.js'
import type { Holdings } from './support/host.js'
import { holdingsOf, residentBytes } from './support/host.js'
import { withService } from './support/suite.js'

/** Programs that print a word they carry and a word they are given. */
const ECHOES: Readonly<Record<string, (word: string) => string>> = {
  bash: (word) => `read -r given; echo "${word} $given"`,
  c: (word) =>
    `#include <stdio.h>\nint main(void) { char g[99]; scanf("%98s", g); printf("${word} %s\\n", g); }`,
  cpp: (word) =>
    `#include <iostream>\n#include <string>\nint main() { std::string g; std::cin >> g; std::cout << "${word} " << g << "\\n"; }`,
  go: (word) =>
    `package main\nimport "fmt"\nfunc main() { var g string; fmt.Scan(&g); fmt.Println("${word}", g) }`,
  java: (word) =>
    `class Main { public static void main(String[] a) { System.out.println("${word} " + new java.util.Scanner(System.in).next()); } }`,
  javascript: (word) => `console.log("${word}", require('fs').readFileSync(0, 'utf8').trim())`,
  python: (word) => `print("${word}", input())`,
  ruby: (word) => `puts "${word} #{gets.strip}"`,
  typescript: (word) =>
    `import { readFileSync } from 'node:fs'\nconst given: string = readFileSync(0, 'utf8').trim()\nconsole.log("${word}", given)`,
}

/** Compiled languages take seconds of a small machine; most requests are for the others, as in life. */
const MIX = [
  ...Array.from({ length: 35 }, () => ['bash', 'python', 'javascript', 'ruby', 'typescript']).flat(),
  ...Array.from({ length: 10 }, () => ['c']).flat(),
  ...Array.from({ length: 5 }, () => ['cpp', 'go', 'java']).flat(),
]

withService('under load', {}, (service) => {
  it(
    `answers ${MIX.length} requests of all languages at once, each with its own output`,
    { timeout: 600_000 },
    async () => {
      const answers = await Promise.all(
        MIX.map(async (language, index) => {
          const code = ECHOES[language]?.(`own-${index}`)
          const result = await execute(service(), { language, code, stdin: `given-${index}\n` })
          return [language, result.runTimeStatus, result.output]
        }),
      )
      expect(answers).toEqual(
        MIX.map((language, index) => [language, 'succeeded', `own-${index} given-${index}\n`]),
      )
    },
  )
})

withService('in the long run', { CODEEXEC_SLOTS: '2' }, (service) => {
  const ROUNDS = 2000
  const WARM_UP_ROUNDS = 300
  /** What a heap may differ by that is as full as it likes to be; 2,000 leaks of 20 KiB are more. */
  const MEMORY_TOLERANCE_BYTES = 40 * 2 ** 20

  async function runInARow(count: number): Promise<void> {
    for (let round = 0; round < count; round++) {
      const failing = round % 10 === 9
      const code = failing ? 'exit 1' : 'read -r word; echo "$word"'
      const result = await execute(service(), { language: 'bash', code, stdin: `${round}\n` })
      expect(result.output).toBe(failing ? '' : `${round}\n`)
    }
  }

  /** The same figures twice in a row: what an execution leaves behind for a moment is gone. */
  async function settledHoldings(): Promise<Holdings> {
    let last: Holdings | undefined
    await expect
      .poll(
        () => {
          const before = last
          last = holdingsOf(service().pid)
          return JSON.stringify(before) === JSON.stringify(last)
        },
        { timeout: 30_000, interval: 500 },
      )
      .toBe(true)
    return last ?? holdingsOf(service().pid)
  }

  it(`holds after ${ROUNDS} executions in a row what it held before`, { timeout: 900_000 }, async () => {
    await runInARow(WARM_UP_ROUNDS)
    const holdings = await settledHoldings()
    const memoryBytes = residentBytes(service().pid)
    await runInARow(ROUNDS)
    expect(await settledHoldings()).toEqual(holdings)
    expect(residentBytes(service().pid) - memoryBytes).toBeLessThan(MEMORY_TOLERANCE_BYTES)
  })
})
