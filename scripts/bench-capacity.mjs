/**
 * What one core carries: CPU time that an execution takes of the service, of its supervisor and of the program itself,
 * by language, read from the service's own figures. CPU time hardly changes when the machine is busy with other
 * things, so the result holds where throughput would not. `node scripts/bench-capacity.mjs [--executions 60]`, after
 * `npm run build`, as root, with the images built.
 */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

import { startRole } from './bench/roles.mjs'

const { values } = parseArgs({ options: { executions: { type: 'string', default: '60' } } })
const EXECUTIONS = Number(values.executions)
const WARM_UP = 10
const AT_ONCE = 2

const HELLO = {
  python: 'print("hello")',
  javascript: 'console.log("hello")',
  ruby: 'puts "hello"',
  bash: 'echo hello',
  c: '#include <stdio.h>\nint main(void) { puts("hello"); }',
  cpp: '#include <iostream>\nint main() { std::cout << "hello\\n"; }',
  go: 'package main\nimport "fmt"\nfunc main() { fmt.Println("hello") }',
  java: 'public class Main { public static void main(String[] args) { System.out.println("hello"); } }',
  typescript: 'const text: string = "hello"\nconsole.log(text)',
}

async function execute({ port }, language, number) {
  // No two programs are the same, so that nothing compiled is found again.
  const comment = language === 'python' || language === 'ruby' || language === 'bash' ? '#' : '//'
  const response = await fetch(`http://127.0.0.1:${port}/api/v1/execute`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ language, code: `${HELLO[language]}\n${comment} ${number}\n` }),
  })
  const answer = await response.json()
  if (answer.result?.output !== 'hello\n')
    throw new Error(`${language}: ${JSON.stringify(answer).slice(0, 400)}`)
}

async function run(service, language, count, from) {
  let next = from
  const work = async () => {
    while (next < from + count) await execute(service, language, next++)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
}

async function cpuSeconds({ port }) {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  const sum = (name) =>
    text
      .split('\n')
      .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
      .reduce((total, line) => total + Number(line.split(' ').at(-1)), 0)
  return {
    service: sum('process_cpu_seconds_total'),
    supervisor: sum('codeexec_supervisor_cpu_seconds_total'),
    programs: sum('codeexec_stage_cpu_time_seconds_sum'),
  }
}

const service = await startRole('all')
process.stdout.write(`${readFileSync('/proc/cpuinfo', 'utf8').match(/model name\s*: (.*)/)?.[1]}\n`)
process.stdout.write('language     service  supervisor  program   together   a core carries\n')
try {
  for (const language of Object.keys(HELLO)) {
    await run(service, language, WARM_UP, 0)
    const before = await cpuSeconds(service)
    await run(service, language, EXECUTIONS, WARM_UP)
    const after = await cpuSeconds(service)
    const [own, supervisor, program] = ['service', 'supervisor', 'programs'].map(
      (part) => ((after[part] - before[part]) * 1000) / EXECUTIONS,
    )
    const together = own + supervisor + program
    const cells = [own, supervisor, program, together].map((ms) => `${ms.toFixed(1)} ms`.padStart(9))
    process.stdout.write(
      `${language.padEnd(11)}${cells.join('  ')}   ${Math.floor(60_000 / together)} a minute\n`,
    )
  }
} finally {
  await service.stop()
}
