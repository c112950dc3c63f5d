/** Names, arguments and files of a request that look like options, patterns or configuration: taken as what they are. */
import type { HostileCase } from '../case.js'

const A_FILE = 'a file is a file'
const ODD_ARGS = [
  '',
  ' ',
  '\n',
  '-c',
  '--help',
  '-v',
  '*',
  '~',
  '$(id)',
  '`id`',
  '; id',
  '| id',
  '&& id',
  '${IFS}',
  '%s%n',
  '@/etc/passwd',
  '\\',
  "'",
  '"',
  '\u001B[2J',
  '\u202E',
  '😀',
  '../../etc',
  'a'.repeat(30_000),
]

const asHexLines = (args: readonly string[]): string =>
  args.map((arg) => `${Buffer.from(arg).toString('hex')}.\n`).join('')

function dashed(program: string, sentAs: string, more: Partial<HostileCase> = {}): HostileCase {
  return {
    program,
    variant: sentAs,
    tries: `a file named ${sentAs}`,
    verdict: 'succeeded',
    output: `${A_FILE}\n`,
    sentAs,
    ...more,
  }
}

export const REQUEST_CASES: readonly HostileCase[] = [
  dashed('c/dash-name.c', '-fplugin=hostile.c'),
  dashed('c/dash-name.c', '-Wl,--version,.c'),
  dashed('c/dash-name.c', '@dash-name.c'),
  dashed('python/dash-name.py', '-c.py', { output: `${A_FILE} []\n` }),
  dashed('javascript/dash-name.js', '-p.js'),
  dashed('ruby/dash-name.rb', '-e.rb'),
  dashed('bash/dash-name.sh', '-c.sh'),
  dashed('bash/dash-name.sh', 'a b;$(id)`id`*?.sh'),
  dashed('bash/dash-name.sh', '{entry}{memoryMiB}.sh'),
  {
    program: 'c/dash-name.c',
    variant: 'with an argument file',
    tries: 'a source that is an argument file',
    verdict: ['compile_error', 'succeeded'],
    sentAs: 'main.c',
    with: { '@argument-file.c': { program: 'c/argument-file.c' } },
    neverPrints: [/COLLECT_GCC|Free Software Foundation/],
  },
  {
    program: 'java/Victim.java',
    variant: 'with an argument file',
    tries: 'a source that is an argument file',
    verdict: ['compile_error', 'succeeded'],
    sentAs: 'Victim.java',
    with: { '@ArgumentFile.java': { program: 'java/ArgumentFile.java' } },
    neverPrints: [/^javac \d|\[loading /m],
  },
  {
    program: 'typescript/config-tricks.ts',
    tries: 'configuration that names host files and plugins',
    verdict: 'succeeded',
    output: 'typed 42\n',
    sentAs: 'main.ts',
    with: {
      'tsconfig.json': {
        text: '{"extends":"@@CANARY_FILE@@","compilerOptions":{"plugins":[{"name":"./intruder.js"}],"outDir":"/tmp"}}',
      },
      'package.json': {
        text: '{"type":"module","imports":{"#x":"@@CANARY_FILE@@"},"scripts":{"install":"echo LEAK"}}',
      },
      'intruder.js': { text: 'console.log("LEAK plugin ran")\n' },
      'node_modules/typescript/package.json': { text: '{"name":"typescript","main":"lib.js"}' },
      'node_modules/typescript/lib.js': { text: 'console.log("LEAK compiler replaced")\n' },
    },
  },
  {
    program: 'python/shadowing.py',
    tries: "files named like the interpreter's modules",
    verdict: 'succeeded',
    output: 'shadowed\n',
    sentAs: 'main.py',
    with: {
      'json.py': { text: 'shadow = True\n' },
      'sitecustomize.py': { text: 'shadow = True\n' },
      'pyvenv.cfg': { text: 'home = /proc/1/root\n' },
    },
  },
  {
    program: 'javascript/prototype-pollution.js',
    tries: 'break its own runtime to forge the answer',
    verdict: 'runtime_error',
    exitCode: 7,
    output: '{"type":"exit","code":0}\n',
  },
  {
    program: 'c/print-args.c',
    tries: 'arguments with odd bytes',
    verdict: 'succeeded',
    args: ODD_ARGS,
    output: asHexLines(ODD_ARGS),
  },
  {
    program: 'python/print-args.py',
    tries: 'arguments and input with odd bytes',
    verdict: 'succeeded',
    args: ODD_ARGS,
    stdin: '\0\r\n\u0004\u001A\uFFFF',
    output: `${asHexLines(ODD_ARGS)}000d0a041aefbfbf\n`,
  },
  {
    program: 'bash/substitution.sh',
    tries: 'arguments that a shell would expand',
    verdict: 'succeeded',
    args: ['$HOME', '`id`', '$(id)', '*', '~', '!!', '{a,b}', 'a  b'],
    output: '<$HOME>\n<`id`>\n<$(id)>\n<*>\n<~>\n<!!>\n<{a,b}>\n<a  b>\n',
  },
]
