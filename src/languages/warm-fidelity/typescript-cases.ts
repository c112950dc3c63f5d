import type { FidelityCase } from './case.js'

/** What Node itself might show is in the JavaScript cases; these are about the preloaded module and what it reads. */
export const TYPESCRIPT_CASES: readonly FidelityCase[] = [
  {
    title: 'names, options and what is loaded',
    code: String.raw`
import { builtinModules } from 'node:module'
console.log(process.argv, process.execArgv, process.pid, process.ppid, process.cwd(), process.title, process.env)
console.log(import.meta.url, import.meta.filename, import.meta.main, builtinModules.length, process.moduleLoadList.toSorted().join(' '))
const timer: NodeJS.Timeout = setTimeout(() => console.log('later'), 5)
console.log(await new Promise<string>((resolve) => setImmediate(resolve, 'now')), timer.hasRef())
`,
  },
  {
    title: 'arguments',
    code: 'const given: string[] = process.argv.slice(2)\nconsole.log(given, process.execArgv)',
    args: ['-v', '', 'zwei ß', '--inspect'],
  },
  {
    title: 'modules of its own',
    code: "import { area, type Shape } from './lib/shapes'\nimport old = require('./old')\nconst shape: Shape = { side: 3 }\nconsole.log(area(shape), old.name, module.id, require.main === module, Object.keys(require.cache))",
    files: {
      'lib/shapes.ts':
        'export interface Shape { side: number }\nexport const area = ({ side }: Shape): number => side ** 2',
      'old.ts': 'const name: string = __filename\nexport = { name }',
    },
  },
  {
    title: 'a package of its own, looked for before the program',
    code: "import value from '#inside'\nconsole.log(value, import.meta.filename)",
    files: {
      'package.json': '{"type":"module","imports":{"#inside":"./b.ts"}}',
      'b.ts': 'export default 2 as number',
    },
    plain: true,
  },
  {
    title: 'an uncaught exception, in lines of the source',
    code: 'interface A {\n  a: number\n}\n\nfunction fails(a: A): never {\n  throw new RangeError(`bad ${a.a}`)\n}\n\nfails({ a: 1 })\n',
  },
  {
    title: 'a rejection that nobody handles',
    code: "const lost: Promise<void> = Promise.reject(new Error('lost'))\nawait lost",
  },
  {
    title: 'reading lines',
    code: "import * as readline from 'node:readline'\nfor await (const line of readline.createInterface({ input: process.stdin })) console.log('>', line)",
    stdin: 'one\ntwo',
  },
  {
    title: 'worker threads and child processes',
    code: "import { Worker } from 'node:worker_threads'\nimport { execFileSync } from 'node:child_process'\nconsole.log(execFileSync('node', ['-p', 'process.execArgv'], { encoding: 'utf8' }))\nnew Worker('require(\"worker_threads\").parentPort.postMessage(process.execArgv)', { eval: true }).on('message', (m: string[]) => console.log(m)).on('exit', (code: number) => console.log(code))",
  },
  { title: 'an empty program', code: '' },
  { title: 'leaving with a number', code: 'process.exit(3 as number)' },
  { title: 'abort', code: "import { writeSync } from 'node:fs'\nwriteSync(1, 'before')\nprocess.abort()" },
]
