/** Each way an execution can end, told truthfully. */
import { expect, it } from 'vitest'
import { execute } from './support/client.js'
import { withService } from './support/suite.js'

const MIB = 2 ** 20

withService('verdicts', {}, (service) => {
  it('compile_error carries the words of the compiler and has run nothing', async () => {
    const result = await execute(service(), { language: 'c', code: 'int main(void) { return nothing; }' })
    expect(result.runTimeStatus).toBe('compile_error')
    expect(result.errorMessage).toContain('‘nothing’ undeclared')
    expect(result.compile).toMatchObject({ exitCode: 1 })
    expect(result.output).toBe('')
  })

  it('warnings of a compiler are kept and stop nothing', async () => {
    const code = '#include <iostream>\nint main() { int unused; std::cout << "fine\\n"; }'
    const result = await execute(service(), { language: 'cpp', code })
    expect(result).toMatchObject({ runTimeStatus: 'succeeded', output: 'fine\n' })
    expect(result.compile?.output).toContain('unused')
  })

  it.each([
    ['an exit code', 'import sys; sys.exit(3)', { exitCode: 3, errorMessage: 'Exited with code 3' }],
    [
      'an exit code of 137',
      'import sys; sys.exit(137)',
      { exitCode: 137, errorMessage: 'Exited with code 137' },
    ],
    [
      'a signal',
      'import os; os.kill(os.getpid(), 11)',
      { signal: 'SIGSEGV', errorMessage: 'Killed by SIGSEGV' },
    ],
  ])('runtime_error tells of %s', async (_, code, expected) => {
    const result = await execute(service(), { language: 'python', code })
    expect(result).toMatchObject({ runTimeStatus: 'runtime_error', ...expected })
  })

  it('runtime_error tells what the program wrote on standard error, and names its own files', async () => {
    const result = await execute(service(), { language: 'python', code: 'print("before")\n1 / 0\n' })
    expect(result).toMatchObject({ runTimeStatus: 'runtime_error', output: 'before\n', exitCode: 1 })
    expect(result.errorMessage).toContain('ZeroDivisionError')
  })

  it.each([
    ['computing', 'print("before", flush=True)\nwhile True: pass'],
    ['sleeping', 'import time\nprint("before", flush=True)\ntime.sleep(60)'],
  ])('time_limit_exceeded ends a program that is %s and keeps what it wrote', async (_, code) => {
    const limits = { wallTimeMs: 700, cpuTimeMs: 500 }
    const result = await execute(service(), { language: 'python', code, limits })
    expect(result).toMatchObject({
      runTimeStatus: 'time_limit_exceeded',
      errorMessage: 'Time limit exceeded',
      output: 'before\n',
    })
  })

  it('memory_limit_exceeded comes from the kernel, also when a child was killed', async () => {
    const hog = `blocks = []\nwhile True: blocks.append(bytearray(1 << 20))`
    const parent = `import subprocess, sys\nsubprocess.run([sys.executable, "-c", ${JSON.stringify(hog)}])`
    for (const code of [hog, parent]) {
      const result = await execute(service(), { language: 'python', code, limits: { memoryBytes: 64 * MIB } })
      expect(result).toMatchObject({
        runTimeStatus: 'memory_limit_exceeded',
        errorMessage: 'Memory limit exceeded',
      })
    }
  })

  it('output_limit_exceeded keeps the beginning and says that it was cut', async () => {
    const code = 'while true; do echo 0123456789; done'
    const result = await execute(service(), { language: 'bash', code, limits: { outputBytes: 1000 } })
    expect(result).toMatchObject({
      runTimeStatus: 'output_limit_exceeded',
      errorMessage: 'Output limit exceeded',
      truncated: { stdout: true, stderr: false },
    })
    expect(result.output).toBe('0123456789\n'.repeat(91).slice(0, 1000))
  })

  it('succeeded has the bytes as they were, what is not UTF-8 replaced', async () => {
    const code = String.raw`printf 'h\xc3\xa9\xff\0\r\n\xf0\x9f\x99\x82'`
    const result = await execute(service(), { language: 'bash', code })
    expect(result).toMatchObject({ runTimeStatus: 'succeeded', output: 'hé\u{FFFD}\0\r\n🙂' })
  })

  it('input and arguments arrive whole', async () => {
    const stdin = 'line\n\0ü'.repeat(20_000)
    const code = 'import sys\nsys.stdout.write(sys.stdin.read())\nprint(sys.argv[1:], file=sys.stderr)'
    const args = ['', 'a b', '--help', '$(id)', '*']
    const result = await execute(service(), { language: 'python', code, stdin, args })
    expect(result.output).toBe(stdin)
    expect(result.stderr).toBe(`['', 'a b', '--help', '$(id)', '*']\n`)
  })

  it('does not wait for what the main process leaves running', async () => {
    const code = 'sleep 60 & echo "the main process has ended"'
    const result = await execute(service(), { language: 'bash', code, limits: { wallTimeMs: 10_000 } })
    expect(result).toMatchObject({ runTimeStatus: 'succeeded', output: 'the main process has ended\n' })
  })
})
