import { defineLanguage } from '../define-language.js'

const TOOLS = '/opt/typescript'

export default defineLanguage({
  id: 'typescript',
  name: 'TypeScript',
  aliases: ['ts', 'node-ts', 'node-typescript'],
  extensions: ['ts', 'mts', 'cts'],
  monaco: 'typescript',
  mainFile: 'main.ts',
  image: {
    extends: 'javascript',
    packages: [],
    npm: {
      esbuild: {
        version: '0.28.2',
        packages: {
          amd64: {
            name: '@esbuild/linux-x64',
            integrity:
              'sha512-4xTZr1FUmSoQW4XIWmit3tzQrUTZM+N3P0XV8xROKYF50XfI7xeO90+1bZvNwxIufQ9hDQVRJH5YhgPVF8A/HQ==',
          },
          arm64: {
            name: '@esbuild/linux-arm64',
            integrity:
              'sha512-pW4AC0P3it8c7do9MVM4p51FzHzdM/TZrerurgRcHJ2WTa1VQ1CIq18xncfpBJw4ojkiZZrKW2yIBWBP92j6Ug==',
          },
        },
      },
    },
    files: { [`${TOOLS}/modules.cjs`]: 'image/modules.cjs' },
    buildSeconds: 2,
  },
  // Programs run on Node; the types are those of the compiler that takes them away.
  version: { argv: ['node', '--version'], pattern: /^v(\d+\.\d+\.\d+)/u },
  compile: {
    argv: [
      'esbuild',
      '--target=node24',
      '--outbase=/box',
      '--outdir=/out/modules',
      '--metafile=/out/modules.json',
      '--sourcemap=inline',
      '--sources-content=false',
      '--log-level=warning',
      '{sources}',
    ],
  },
  run: {
    argv: [
      'node',
      '--max-old-space-size={memoryMiB}',
      '--enable-source-maps',
      '--require',
      `${TOOLS}/modules.cjs`,
      '{entry}',
    ],
  },
  // Loading modules.cjs looks for the program's package.json; everything else comes after the program's file.
  warm: { kind: 'fork', looksFor: ['package'] },
  libraries: [],
  samples: [
    {
      title: 'Hello',
      files: {
        'main.ts': `const greet = (name: string): string => \`Hello, \${name}!\`

console.log(greet('World'))
`,
      },
      expectedOutput: 'Hello, World!\n',
    },
    {
      title: 'Enums, namespaces, generics and decorators',
      files: {
        'main.ts': `enum Level {
  Low = 1,
  High,
}

namespace Geometry {
  export interface Point {
    x: number
    y: number
  }
  export const length = ({ x, y }: Point): number => Math.hypot(x, y)
}

function logged<This, Args extends unknown[], Result>(
  method: (this: This, ...args: Args) => Result,
  context: ClassMethodDecoratorContext,
) {
  return function (this: This, ...args: Args): Result {
    console.log('calling', String(context.name))
    return method.apply(this, args)
  }
}

class Box<T> {
  constructor(private readonly item: T) {}

  @logged
  get(): T {
    return this.item
  }
}

console.log(Level[Level.High], Geometry.length({ x: 3, y: 4 }), new Box('inside').get())
`,
      },
      expectedOutput: 'calling get\nHigh 5 inside\n',
    },
    {
      title: 'Several files and top-level await',
      files: {
        'src/main.ts': `import { readFile } from 'node:fs/promises'
import { area, Shape } from './lib/shapes'
import describe from '../text.js'

const shape: Shape = { kind: 'square', side: 4 }
const text = await readFile(new URL('../notes.txt', import.meta.url), 'utf8')
console.log(describe(shape.kind, area(shape)), text.trim())
`,
        'src/lib/shapes/index.ts': `export interface Shape {
  kind: 'square'
  side: number
}

export function area(shape: Shape): number {
  return shape.side ** 2
}
`,
        'text.ts': `export default function describe(name: string, area: number): string {
  return \`\${name} of area \${area}\`
}
`,
        'notes.txt': 'as noted\n',
      },
      expectedOutput: 'square of area 16 as noted\n',
    },
    {
      title: 'Sum of the numbers on standard input',
      files: {
        'main.ts': `import * as readline from 'readline'

let sum: number = 0
for await (const line of readline.createInterface({ input: process.stdin })) {
  sum += line.split(' ').map(Number).reduce((left, right) => left + right, 0)
}
console.log(\`Sum: \${sum}\`)
`,
      },
      stdin: '3 4\n5\n',
      expectedOutput: 'Sum: 12\n',
    },
    {
      title: 'Arguments, and modules of the older kind',
      files: {
        'main.ts': `import path = require('node:path')
const names: string[] = require('./names')

console.log(path.basename(__filename), names.concat(process.argv.slice(2)).join(','))
`,
        'names.ts': `const names: string[] = ['first']
export = names
`,
      },
      args: ['two words', '--inspect'],
      expectedOutput: 'main.ts first,two words,--inspect\n',
    },
  ],
})
