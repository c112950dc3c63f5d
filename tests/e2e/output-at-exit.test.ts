/** What a program has written is there, however it ends: Node queues what a pipe does not take at once. */
import { expect, it } from 'vitest'
import { execute, post } from './support/client.js'
import { start } from './support/interactive.js'
import { withEveryService } from './support/split.js'
import { ended, submit } from './support/submissions.js'
import { withService } from './support/suite.js'

const LENGTH = 900_000

/** Each writes LENGTH characters to the stream and ends at once. */
const ENDINGS: Readonly<Record<string, (stream: string) => string>> = {
  'process.exit()': (stream) => `process.${stream}.write("~".repeat(${LENGTH})); process.exit(0)`,
  'an exit code': (stream) => `process.${stream}.write("~".repeat(${LENGTH})); process.exit(7)`,
  'many small writes': (stream) =>
    `for (let n = 0; n < ${LENGTH / 100}; n++) process.${stream}.write("~".repeat(100)); process.exit()`,
  'a timer': (stream) =>
    `setTimeout(() => { process.${stream}.write("~".repeat(${LENGTH})); process.exit() }, 1)`,
  'a handler of its input': (stream) =>
    `process.stdin.on("data", () => {}).on("end", () => { process.${stream}.write("~".repeat(${LENGTH})); process.exit() })`,
  'a signal to itself': (stream) =>
    `process.${stream}.write("~".repeat(${LENGTH})); process.kill(process.pid, "SIGKILL")`,
  'an abort': (stream) => `process.${stream}.write("~".repeat(${LENGTH})); process.abort()`,
  'an exception': (stream) => `process.${stream}.write("~".repeat(${LENGTH})); throw "up"`,
  'its end': (stream) => `process.${stream}.write("~".repeat(${LENGTH}))`,
}

/** Length of the longest row of them: an uncaught exception shows the program as well. */
const tildes = (text: string): number => Math.max(0, ...(text.match(/~+/g) ?? []).map((row) => row.length))

for (const warm of ['on', 'off'])
  withService(`output at exit, CODEEXEC_WARM=${warm}`, { CODEEXEC_WARM: warm }, (service) => {
    const cases = Object.entries(ENDINGS).flatMap(([title, program]) =>
      ['javascript', 'typescript'].map((language) => [language, title, program] as const),
    )
    it.each(cases)('%s: %s', async (language, _, program) => {
      for (const stream of ['stdout', 'stderr'] as const) {
        const result = await execute(service(), { language, code: program(stream), stdin: 'line\n' })
        expect({ stream, length: tildes(stream === 'stdout' ? result.output : result.stderr) }).toEqual({
          stream,
          length: LENGTH,
        })
        expect(result.truncated).toEqual({ stdout: false, stderr: false })
      }
    })

    it('is all there in an ES module, and of a Node that a program starts', async () => {
      const module = { filename: 'main.mjs', code: `console.log("~".repeat(${LENGTH})); process.exit()` }
      const { output } = await execute(service(), { language: 'javascript', files: [module] })
      expect(tildes(output)).toBe(LENGTH)
      const child = `console.log("~".repeat(${LENGTH})); process.exit()`
      const code = `const { spawnSync } = require("child_process")
const { stdout } = spawnSync(process.execPath, ["-e", ${JSON.stringify(child)}], { maxBuffer: 1e7 })
console.log(stdout.length)`
      const parent = await execute(service(), { language: 'javascript', code })
      expect(parent.output).toBe(`${LENGTH + 1}\n`)
    })
  })

withEveryService('output at exit', {}, (service) => {
  it('is compared whole with what is expected', async () => {
    const count = 15_000
    const code = `let text = ""
process.stdin.on("data", (data) => (text += data)).on("end", () => {
  console.log([...Array(+text).keys()].map((n) => n + 1).join("\\n"))
  process.exit()
})`
    const expectedOutput = Array.from({ length: count }, (_, n) => n + 1).join('\n')
    const tests = [{ stdin: `${count}\n`, expectedOutput }]
    const id = await submit(service(), { language: 'javascript', code, checker: 'tokens', tests })
    expect((await ended(service(), id)).result?.tests).toMatchObject([{ verdict: 'accepted' }])
  })

  it('comes whole over /run and in a session', async () => {
    const code = ENDINGS['process.exit()']?.('stdout')
    const { body } = await post<{ stdout: string }>(service(), '/run', { language: 'javascript', code })
    expect(tildes(body.stdout)).toBe(LENGTH)
    const session = await start(service(), { language: 'javascript', code })
    await session.result()
    expect(tildes(session.text())).toBe(LENGTH)
  })
})
