/** Programs one talks to, through pipes: every kind of language, signals, ends, much input. */
import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { start } from './support/interactive.js'
import { withEveryService } from './support/split.js'

/** A program that asks for two numbers, one after the other, and adds them. */
const DIALOGUES: readonly { readonly language: string; readonly code: string }[] = [
  {
    language: 'python',
    code: 'a = int(input("first? "))\nb = int(input("second? "))\nprint("sum", a + b)\n',
  },
  {
    language: 'javascript',
    code: `const { createInterface } = require('node:readline/promises')
const lines = createInterface({ input: process.stdin, output: process.stdout })
lines.question('first? ').then(async (a) => {
  const b = await lines.question('second? ')
  console.log('sum', Number(a) + Number(b))
  lines.close()
})
`,
  },
  {
    language: 'cpp',
    code: `#include <iostream>
int main() {
  int a, b;
  std::cout << "first? ";
  std::cin >> a;
  std::cout << "second? ";
  std::cin >> b;
  std::cout << "sum " << a + b << "\\n";
}
`,
  },
  {
    language: 'c',
    code: `#include <stdio.h>
int main(void) {
  int a, b;
  printf("first? ");
  if (scanf("%d", &a) != 1) return 1;
  printf("second? ");
  if (scanf("%d", &b) != 1) return 1;
  printf("sum %d\\n", a + b);
}
`,
  },
  {
    language: 'java',
    code: `import java.util.Scanner;
public class Main {
  public static void main(String[] args) {
    Scanner scanner = new Scanner(System.in);
    System.out.print("first? ");
    int a = scanner.nextInt();
    System.out.print("second? ");
    int b = scanner.nextInt();
    System.out.println("sum " + (a + b));
  }
}
`,
  },
  {
    language: 'ruby',
    code: 'print "first? "\na = gets.to_i\nprint "second? "\nb = gets.to_i\nputs "sum #{a + b}"\n',
  },
  {
    language: 'go',
    code: `package main

import "fmt"

func main() {
	var a, b int
	fmt.Print("first? ")
	fmt.Scan(&a)
	fmt.Print("second? ")
	fmt.Scan(&b)
	fmt.Println("sum", a+b)
}
`,
  },
  { language: 'bash', code: 'read -p "first? " a\necho "second? "\nread b\necho "sum $((a + b))"\n' },
]

withEveryService('interactive programs', {}, (service) => {
  it.each(DIALOGUES)('asks and hears the answers: $language', async ({ language, code }) => {
    const program = await start(service(), { language, code })
    // Bash shows a prompt of read on terminals only.
    if (language !== 'bash') await program.said('first? ')
    program.type('19\n')
    await program.said('second? ')
    program.type('23\n')
    await program.said('sum 42\n')
    const result = await program.result()
    expect(result).toMatchObject({ runTimeStatus: 'succeeded', exitCode: 0, stderr: '' })
    expect(result.output).toBe(program.text())
    expect(await program.closed).toBe(1000)
  })

  it('tells the stages in order, the compiler’s before the program’s', async () => {
    const program = await start(service(), { language: 'c', code: 'int main(void) { return 3; }' })
    expect(await program.result()).toMatchObject({ runTimeStatus: 'runtime_error', exitCode: 3 })
    expect(program.messages.map(({ type, stage }) => stage ?? type)).toEqual(['compile', 'run', 'result'])
  })

  it('shows what a compiler says while it says it, and its refusal as the result', async () => {
    const program = await start(service(), { language: 'c', code: 'int main(void) { return x; }' })
    const result = await program.result()
    expect(result.runTimeStatus).toBe('compile_error')
    expect(program.text('stderr')).toContain('undeclared')
    expect(program.messages.map(({ stage }) => stage)).not.toContain('run')
  })

  it('keeps the order of both streams', async () => {
    // Two pipes: their order is known where the one is read before the other has something, on a busy machine as well.
    const code =
      'import sys, time\nfor n in range(20):\n    print("o", n, flush=True)\n    time.sleep(0.05)\n    print("e", n, file=sys.stderr, flush=True)\n    time.sleep(0.05)\n'
    const program = await start(service(), { language: 'python', code })
    await program.result()
    const lines = program.messages.filter(({ type }) => type.startsWith('std')).map(({ data }) => data)
    const expected = Array.from({ length: 20 }, (_, n) => [`o ${n}\n`, `e ${n}\n`]).flat()
    expect(lines.join('')).toBe(expected.join(''))
  })

  it('ends cat by the end of input', async () => {
    const program = await start(service(), { language: 'bash', code: 'cat; echo over' })
    program.type('line\n')
    await program.said('line\n')
    program.say({ type: 'stdin-end' })
    await program.said('over\n')
    expect((await program.result()).exitCode).toBe(0)
  })

  it('gives the program the input of its start first', async () => {
    const program = await start(service(), { language: 'bash', code: 'cat', stdin: 'first\n' })
    await program.said('first\n')
    program.type('then\n')
    await program.said('then\n')
    program.say({ type: 'stdin-end' })
    expect((await program.result()).output).toBe('first\nthen\n')
  })

  it('keeps what is said before the program runs', async () => {
    const code = '#include <stdio.h>\nint main(void) { int c; while ((c = getchar()) != EOF) putchar(c); }'
    const program = await start(service(), { language: 'c', code })
    program.type('early ')
    program.type('words')
    program.say({ type: 'stdin-end' })
    expect((await program.result()).output).toBe('early words')
  })

  it('lets a handler have SIGINT, and another signal end the program', async () => {
    const code = `import signal, sys
signal.signal(signal.SIGINT, lambda *_: print("interrupted", flush=True))
print("ready", flush=True)
while True: signal.pause()
`
    const program = await start(service(), { language: 'python', code })
    await program.said('ready\n')
    program.say({ type: 'signal', signal: 'SIGINT' })
    await program.said('interrupted\n')
    program.say({ type: 'signal', signal: 'SIGTERM' })
    const result = await program.result()
    expect(result).toMatchObject({ runTimeStatus: 'runtime_error', signal: 'SIGTERM', exitCode: null })
  })

  it('lets a signal overtake input that nobody reads', async () => {
    const program = await start(service(), { language: 'bash', code: 'echo ready; exec sleep 100' })
    await program.said('ready\n')
    program.type('x'.repeat(200_000))
    program.say({ type: 'signal', signal: 'SIGKILL' })
    expect(await program.result()).toMatchObject({ signal: 'SIGKILL' })
  })

  it.each([{ pieces: 1 }, { pieces: 977 }])(
    'echoes 1 MB intact, sent in $pieces pieces',
    async ({ pieces }) => {
      const program = await start(service(), { language: 'bash', code: 'exec cat' })
      const text = randomBytes(500_000).toString('hex')
      const length = Math.ceil(text.length / pieces)
      for (let at = 0; at < text.length; at += length) program.type(text.slice(at, at + length))
      program.say({ type: 'stdin-end' })
      const result = await program.result()
      expect(result).toMatchObject({ runTimeStatus: 'succeeded', truncated: { stdout: false } })
      expect(program.text()).toBe(text)
      expect(result.output).toBe(text)
    },
  )

  it('never splits a character', async () => {
    const code = `import os, time
for byte in "zażółć 😀".encode():
    os.write(1, bytes([byte]))
    time.sleep(0.005)
`
    const program = await start(service(), { language: 'python', code })
    await program.result()
    expect(program.text()).toBe('zażółć 😀')
    expect(program.messages.every(({ data = '' }) => !data.includes('\u{fffd}') && data.isWellFormed())).toBe(
      true,
    )
  })

  it('shows every line before the next is written, though nobody flushes', async () => {
    // Each line waits for the answer to the one before: nothing could be held back.
    const code = 'for n in range(5):\n    print("line", n)\n    input()\n'
    const program = await start(service(), { language: 'python', code })
    for (let n = 0; n < 5; n++) {
      await program.said(`line ${n}\n`)
      program.type('\n')
    }
    expect((await program.result()).exitCode).toBe(0)
  })

  it('shows what is printed once a second once a second', async () => {
    const code = 'import time\nfor n in range(4):\n    print(n)\n    time.sleep(1)\n'
    const program = await start(service(), { language: 'python', code })
    await program.result()
    const pieces = program.messages.filter(({ type }) => type === 'stdout').map(({ data = '' }) => data)
    // A line that came together with another had waited for it.
    expect(pieces.filter((piece) => piece.split('\n').length > 2)).toEqual([])
    expect(pieces.join('').match(/\n/g)).toHaveLength(4)
  })

  it('runs several files', async () => {
    const files = [
      { filename: 'main.py', code: 'import part\nprint(part.ask())', isEntryPoint: true },
      { filename: 'part.py', code: 'def ask(): return input().upper()' },
    ]
    const program = await start(service(), { language: 'python', files })
    program.type('word\n')
    expect((await program.result()).output).toBe('WORD\n')
  })
})
