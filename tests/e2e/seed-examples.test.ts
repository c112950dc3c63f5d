/** The examples that the three designs this service replaces gave, over the endpoints they gave them for. */
import { expect, it } from 'vitest'
import type { Service } from '../hostile/harness/service.js'
import { execute, post } from './support/client.js'
import { withService } from './support/suite.js'

async function run(service: Service, language: string, code: string): Promise<Record<string, string>> {
  return (await post<Record<string, string>>(service, '/run', { language, code })).body
}

withService('the classic endpoints', {}, (service) => {
  it('compute a Fibonacci number in Python over v1', async () => {
    const code = `def fibonacci(n):
    if n <= 1:
        return n
    return fibonacci(n - 1) + fibonacci(n - 2)

print(f"Fibonacci(10) = {fibonacci(10)}")
`
    const { body } = await post<{ result: object }>(service(), '/api/v1/execute', {
      language: 'python',
      code,
    })
    expect(body).toMatchObject({
      succeeded: true,
      result: {
        language: 'python',
        output: 'Fibonacci(10) = 55\n',
        stderr: '',
        errorMessage: null,
        runTimeStatus: 'succeeded',
        exitCode: 0,
        signal: null,
        truncated: { stdout: false, stderr: false },
        compile: null,
      },
    })
    expect(body.result).toHaveProperty('memoryUsage', expect.stringMatching(/^\d+\.\dMB$/))
    expect(body.result).toHaveProperty('cpuUsage', expect.stringMatching(/^\d+\.\d%$/))
    expect(body.result).toHaveProperty('executionTime', expect.any(Number))
  })

  it('import one file from another over v2', async () => {
    const result = await execute(service(), {
      language: 'python',
      files: [
        { filename: 'utils.py', code: 'def greet(name):\n    return f"Hello, {name}!"\n' },
        { filename: 'main.py', code: 'from utils import greet\nprint(greet("World"))\n', isEntryPoint: true },
      ],
    })
    expect(result).toMatchObject({ output: 'Hello, World!\n', runTimeStatus: 'succeeded' })
  })

  it('give a C++ program its input over /run', async () => {
    const code = `#include <iostream>
int main() {
    int a, b;
    std::cin >> a >> b;
    std::cout << "Sum: " << a + b << std::endl;
}
`
    const { status, body } = await post(service(), '/run', { language: 'cpp', code, input: '17 25\n' })
    expect(status).toBe(200)
    expect(body).toEqual({ status: 'success', stdout: 'Sum: 42\n', stderr: '', stage: 'run' })
  })

  it('say over /run what failed, and where', async () => {
    const refused = await run(service(), 'cpp', 'int main() { return missing; }')
    expect(refused).toMatchObject({ status: 'runtime_error', stage: 'compile', stdout: '' })
    expect(refused['stderr']).toContain('‘missing’ was not declared')
    expect(await run(service(), 'python', 'import sys; sys.exit("no")')).toMatchObject({
      status: 'runtime_error',
      stage: 'run',
      stderr: 'no\n',
    })
    expect(await run(service(), 'python', 'while True: pass')).toMatchObject({
      status: 'timeout',
      stage: 'run',
    })
  })
})
