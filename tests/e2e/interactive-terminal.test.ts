/** Programs on a terminal: a shell, REPLs, keys, window sizes. */
import { expect, it } from 'vitest'
import type { Conversation } from './support/interactive.js'
import { start } from './support/interactive.js'
import { withEveryService } from './support/split.js'

const tty = { cols: 80, rows: 24 }

/** A shell whose prompt is known, once it waits for its first command. */
async function shell(service: Parameters<typeof start>[0]): Promise<Conversation> {
  const program = await start(service, { language: 'bash', code: "PS1='ready> ' exec bash --norc -i", tty })
  await program.said('ready> ')
  return program
}

withEveryService('programs on a terminal', { CODEEXEC_INTERACTIVE_SLOTS: '4' }, (service) => {
  it('runs a shell that knows its terminal, hears of a new size, and survives Ctrl-C', async () => {
    const program = await shell(service())
    program.type('tty; stty size; echo $TERM\r')
    await program.said('/dev/pts/')
    await program.said('24 80\r\n')
    await program.said('xterm-256color\r\n')
    await program.said('ready> ')
    program.say({ type: 'resize', cols: 132, rows: 50 })
    program.type('stty size\r')
    await program.said('50 132\r\n')
    await program.said('ready> ')
    // The words come from the program that the key is for, so it has the terminal when they are seen.
    program.type(`sh -c 'echo sleeping; exec sleep 1000'\r`)
    await program.said('\rsleeping\r\n')
    program.type('\u0003')
    await program.said('^C')
    await program.said('ready> ')
    program.type('echo $?\r')
    await program.said('130\r\n')
    program.type('exit 7\r')
    const result = await program.result()
    expect(result).toMatchObject({ runTimeStatus: 'runtime_error', exitCode: 7, stderr: '' })
    expect(result.output).toBe(program.text())
  })

  it('leaves terminals for others when a program takes as many as it may', async () => {
    const code = `import os, sys
os.fork(); os.fork()
count = 0
try:
    while True: os.open("/dev/ptmx", os.O_RDWR | os.O_NOCTTY); count += 1
except OSError as error: print("took", count, error.strerror)
sys.stdin.readline()
`
    const greedy = await start(service(), { language: 'python', code, tty })
    await greedy.said('took')
    const other = await shell(service())
    other.type('exit\r')
    expect((await other.result()).runTimeStatus).toBe('succeeded')
    greedy.say({ type: 'signal', signal: 'SIGKILL' })
    const took = [...(await greedy.result()).output.matchAll(/took (\d+)/gu)].map(([, count]) =>
      Number(count),
    )
    // The one it runs on, and 15 more at most.
    expect(took.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(15)
  })

  it('tells a running program of a new size', async () => {
    // Not by print, which must not be entered from a handler while the program is in it.
    const code = `import os, signal
def say(word): os.write(1, f"{word} {' '.join(map(str, os.get_terminal_size()))}\\n".encode())
signal.signal(signal.SIGWINCH, lambda *_: say("now"))
say("size")
while True: signal.pause()
`
    const program = await start(service(), { language: 'python', code, tty })
    await program.said('size 80 24')
    program.say({ type: 'resize', cols: 100, rows: 30 })
    await program.said('now 100 30')
    program.say({ type: 'signal', signal: 'SIGINT' })
    expect((await program.result()).output).toContain('KeyboardInterrupt')
  })

  it('takes Ctrl-D for the end of input, and echoes what is typed', async () => {
    const program = await start(service(), { language: 'bash', code: 'cat; echo over', tty })
    program.type('typed\r')
    await program.said('typed\r\ntyped\r\n')
    program.type('\u0004')
    await program.said('over\r\n')
    expect(await program.result()).toMatchObject({ runTimeStatus: 'succeeded' })
  })

  it('lets the kernel edit the line', async () => {
    const program = await start(service(), { language: 'python', code: 'print(repr(input("> ")))', tty })
    await program.said('> ')
    program.type('wrong\u0015rihgt\u007f\u007f\u007fght\r')
    await program.said("'right'")
    expect((await program.result()).exitCode).toBe(0)
  })

  it('sends Ctrl-C to the program in front', async () => {
    const program = await start(service(), { language: 'bash', code: 'echo up; exec sleep 1000', tty })
    await program.said('up')
    program.type('\u0003')
    expect(await program.result()).toMatchObject({ runTimeStatus: 'runtime_error', signal: 'SIGINT' })
  })

  it('has a Python REPL', async () => {
    const code = 'import os\nos.execvp("python3", ["python3", "-q"])'
    const program = await start(service(), { language: 'python', code, tty })
    await program.said('>>> ')
    program.type('6 * 7\r')
    await program.said('42')
    await program.said('>>> ')
    program.type('exit()\r')
    expect((await program.result()).exitCode).toBe(0)
  })

  it('has a Node REPL', async () => {
    const program = await start(service(), {
      language: 'javascript',
      code: "require('node:repl').start()",
      tty,
    })
    await program.said('> ')
    program.type('6 * 7\r')
    await program.said('42')
    await program.said('> ')
    program.type('.exit\r')
    expect((await program.result()).exitCode).toBe(0)
  })
})
