/** How sessions end that no program ends by itself: limits, clients that leave, clients that misbehave. */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { expect, it } from 'vitest'
import type { Service } from '../hostile/harness/service.js'
import { startService } from '../hostile/harness/service.js'
import { ask, execute } from './support/client.js'
import { processesNamed } from './support/host.js'
import { residentMebibytes } from './support/storm.js'
import type { Conversation } from './support/interactive.js'
import { connect, start } from './support/interactive.js'
import { withEveryService } from './support/split.js'
import { describeWhereItCanRun } from './support/suite.js'

const PATIENCE = { timeout: 30_000, interval: 20 }
const MIB = 2 ** 20

/** A Python program in a file of its own name, by which the host's kernel shows it. */
function named(code: string): { readonly name: string; readonly program: object } {
  const name = `session-${randomUUID()}.py`
  return { name, program: { language: 'python', files: [{ filename: name, code }] } }
}

/** The connection below the WebSocket: the library writes nothing wrong by itself. */
const rawSocketOf = ({ socket }: Conversation): Socket => Reflect.get(socket, '_socket') as Socket

const WAITS = 'print("up")\ninput()'
const untilGone = (name: string) => expect.poll(() => processesNamed(name), PATIENCE).toEqual([])

withEveryService(
  'interactive sessions',
  { CODEEXEC_INTERACTIVE_SLOTS: '2' },
  (service) => {
    it.each([
      ['closes the socket', (conversation: Conversation) => conversation.socket.close()],
      ['is cut off', (conversation: Conversation) => conversation.socket.terminate()],
    ])('kills the program of a client that %s', async (_, leave) => {
      const { name, program } = named(WAITS)
      const conversation = await start(service(), program)
      await conversation.said('up')
      expect(processesNamed(name)).not.toEqual([])
      leave(conversation)
      await untilGone(name)
    })

    it('kills the program of a client that leaves while it is held back', async () => {
      const { name, program } = named('import time\nprint("up")\ntime.sleep(1000)')
      const conversation = await start(service(), program)
      await conversation.said('up')
      for (let n = 0; n < 64; n++) conversation.type('x'.repeat(MIB / 4))
      // The service reads no further, so what is left waits on this side.
      await expect.poll(() => conversation.socket.bufferedAmount, PATIENCE).toBeGreaterThan(MIB)
      conversation.socket.terminate()
      await untilGone(name)
    })

    it('holds a client back whose program does not read', async () => {
      const { program } = named(
        'import sys, time\nprint("up")\ntime.sleep(1.5)\nprint(len(sys.stdin.read()))',
      )
      const conversation = await start(service(), program)
      await conversation.said('up')
      const before = residentMebibytes(service().pid)
      for (let n = 0; n < 256; n++) conversation.type('x'.repeat(MIB / 4))
      conversation.say({ type: 'stdin-end' })
      await expect.poll(() => conversation.socket.bufferedAmount, PATIENCE).toBeGreaterThan(32 * MIB)
      expect(residentMebibytes(service().pid) - before).toBeLessThan(24)
      expect((await conversation.result()).output).toBe(`up\n${64 * MIB}\n`)
    })

    it('holds a program back whose client does not read', async () => {
      const code = `import sys
line = "x" * 65535 + "\\n"
for n in range(200):
    sys.stdout.write(line)
    sys.stderr.write(f"{n}\\n")
    sys.stderr.flush()
`
      const { name, program } = named(code)
      const conversation = await start(service(), { ...program, limits: { outputBytes: 16 * MIB } })
      await conversation.heard(({ type }) => type === 'stdout')
      conversation.socket.pause()
      const before = residentMebibytes(service().pid)
      // It stands still: written is what fits between here and there, and it has not ended.
      await new Promise((resolve) => setTimeout(resolve, 1000))
      expect(processesNamed(name)).not.toEqual([])
      expect(residentMebibytes(service().pid) - before).toBeLessThan(16)
      conversation.socket.resume()
      expect(await conversation.result()).toMatchObject({ runTimeStatus: 'succeeded' })
      expect(conversation.text()).toHaveLength(200 * 65_536)
    })

    it('cuts a flood at the output limit', async () => {
      const conversation = await start(service(), { language: 'bash', code: 'yes' })
      const result = await conversation.result()
      expect(result).toMatchObject({ runTimeStatus: 'output_limit_exceeded', truncated: { stdout: true } })
      expect(conversation.text()).toHaveLength(MIB)
      expect(result.output).toBe(conversation.text())
    })

    it('counts CPU time and not waiting', async () => {
      const { program } = named('import time\ntime.sleep(1.2)\nprint("awake")\nwhile True: pass')
      const conversation = await start(service(), { ...program, limits: { cpuTimeMs: 1000 } })
      await conversation.said('awake')
      expect(await conversation.result()).toMatchObject({
        runTimeStatus: 'time_limit_exceeded',
        errorMessage: 'Time limit exceeded',
      })
    })

    it('lets sessions wait for a free slot, tells their place, and keeps other executions running', async () => {
      const first = await start(service(), named(WAITS).program)
      const second = await start(service(), named(WAITS).program)
      await first.said('up')
      await second.said('up')
      const third = await start(service(), named(WAITS).program)
      const fourth = await start(service(), named(WAITS).program)
      await third.heard(({ type, position }) => type === 'queued' && position === 1)
      await fourth.heard(({ type, position }) => type === 'queued' && position === 2)
      const { output } = await execute(service(), { language: 'python', code: 'print("not held up")' })
      expect(output).toBe('not held up\n')
      third.say({ type: 'signal', signal: 'SIGKILL' })
      expect((await third.result()).runTimeStatus).toBe('cancelled')
      first.type('\n')
      await first.result()
      await fourth.said('up')
      second.type('\n')
      fourth.type('\n')
      expect((await second.result()).exitCode).toBe(0)
      expect((await fourth.result()).exitCode).toBe(0)
    })

    it.each<[string, (conversation: Conversation) => void, number, string, RegExp]>([
      ['no JSON', ({ say }) => say('{nonsense'), 1008, 'INVALID_JSON', /^The message is not valid JSON/],
      ['no object', ({ say }) => say('[]'), 1008, 'INVALID_INPUT', /must be "start"/],
      [
        'input before the start',
        ({ type }) => type('x'),
        1008,
        'INVALID_INPUT',
        /must be "start" in the first/,
      ],
      [
        'no language',
        ({ say }) => say({ type: 'start', code: '' }),
        1008,
        'INVALID_INPUT',
        /language is required/,
      ],
      [
        'no code',
        ({ say }) => say({ type: 'start', language: 'python' }),
        1008,
        'INVALID_INPUT',
        /code is required/,
      ],
      [
        'an unknown field',
        ({ say }) => say({ type: 'start', language: 'python', code: '', colour: 1 }),
        1008,
        'INVALID_INPUT',
        /unknown fields: colour/,
      ],
      [
        'an unknown language',
        ({ say }) => say({ type: 'start', language: 'cobol', code: '' }),
        1008,
        'LANGUAGE_NOT_SUPPORTED',
        /cobol/,
      ],
      [
        'too long a session',
        ({ say }) => say({ type: 'start', language: 'python', code: '', limits: { wallTimeMs: 1e9 } }),
        1008,
        'LIMIT_TOO_HIGH',
        /wallTimeMs .* 600000/,
      ],
      ['a binary message', ({ socket }) => socket.send(Buffer.from('{}')), 1003, 'INVALID_INPUT', /binary/],
      [
        'too large a start',
        ({ say }) => say({ type: 'start', language: 'python', code: 'x'.repeat(11 * MIB) }),
        1009,
        'PAYLOAD_TOO_LARGE',
        /larger/,
      ],
    ])('refuses %s with a reason and a close code', async (_, misbehave, closeCode, code, reason) => {
      const conversation = await connect(service())
      misbehave(conversation)
      expect(await conversation.closed).toBe(closeCode)
      expect(conversation.messages).toEqual([
        expect.objectContaining({
          type: 'error',
          code,
          errorMessage: expect.stringMatching(reason) as string,
        }),
      ])
    })

    it.each<[string, (conversation: Conversation) => void, number, string, RegExp]>([
      ['a second start', ({ say }) => say({ type: 'start' }), 1008, 'INVALID_INPUT', /sent before/],
      [
        'an unknown signal',
        ({ say }) => say({ type: 'signal', signal: 'SIGWAT' }),
        1008,
        'INVALID_INPUT',
        /SIGINT/,
      ],
      ['an unknown type', ({ say }) => say({ type: 'dance' }), 1008, 'INVALID_INPUT', /type/],
      [
        'a size without a terminal',
        ({ say }) => say({ type: 'resize', cols: 1, rows: 1 }),
        1008,
        'INVALID_INPUT',
        /terminal/,
      ],
      ['half a character', ({ type }) => type('\ud83d'), 1008, 'INVALID_INPUT', /surrogate/],
      [
        'a large message',
        ({ type }) => type('x'.repeat(5 * MIB)),
        1009,
        'PAYLOAD_TOO_LARGE',
        /maximum is 4194304/,
      ],
    ])('kills the program of a client that sends %s', async (_, misbehave, closeCode, code, reason) => {
      const { name, program } = named(WAITS)
      const conversation = await start(service(), program)
      await conversation.said('up')
      misbehave(conversation)
      expect(await conversation.closed).toBe(closeCode)
      expect(conversation.messages.at(-1)).toMatchObject({
        type: 'error',
        code,
        errorMessage: expect.stringMatching(reason) as string,
      })
      await untilGone(name)
    })

    it.each<[string, (conversation: Conversation) => void, number]>([
      // The byte that begins the next character is missing.
      [
        'text that is not UTF-8',
        ({ socket }) => socket.send(Buffer.from([0xc3, 0x28]), { binary: false }),
        1007,
      ],
      [
        'what is no frame of a WebSocket',
        (conversation) => rawSocketOf(conversation).write('GET / HTTP'),
        1002,
      ],
    ])('closes and kills the program of a client that sends %s', async (_, misbehave, closeCode) => {
      const { name, program } = named(WAITS)
      const conversation = await start(service(), program)
      await conversation.said('up')
      misbehave(conversation)
      expect(await conversation.closed).toBe(closeCode)
      await untilGone(name)
    })

    it('tells a plain request to connect', async () => {
      const { status, body } = await ask(service(), '/api/v1/interactive')
      expect([status, body.code]).toEqual([426, 'UPGRADE_REQUIRED'])
    })
  },
  { workers: 1 },
)

/** Resident memory of the service itself, without its sandboxes. */
function ownBytes({ pid }: Service): number {
  const [, kibibytes = '0'] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kibibytes) * 1024
}

/** A service for one test alone. */
async function withOwnService(
  environment: Readonly<Record<string, string>>,
  use: (service: Service) => Promise<void>,
): Promise<void> {
  const service = await startService({ CODEEXEC_INTERACTIVE_SLOTS: '2', ...environment })
  try {
    await use(service)
  } finally {
    await service.stop()
  }
}

describeWhereItCanRun('interactive sessions and their settings', () => {
  it('end when neither side says anything, and say so', () =>
    withOwnService({ CODEEXEC_INTERACTIVE_IDLE: '600ms' }, async (service) => {
      const busy = await start(service, {
        language: 'bash',
        code: 'for n in 1 2 3 4 5 6; do sleep 0.3; echo $n; done',
      })
      const idle = await start(service, named(WAITS).program)
      expect(await idle.result()).toMatchObject({
        runTimeStatus: 'time_limit_exceeded',
        errorMessage: 'Time limit exceeded: idle for too long, with neither input nor output',
      })
      expect((await busy.result()).exitCode).toBe(0)
    }))

  it('are two hundred at once within the memory the documentation names', () =>
    withOwnService({ CODEEXEC_INTERACTIVE_SLOTS: '100', CODEEXEC_IDLE_PROGRAMS: '0' }, async (service) => {
      const before = ownBytes(service)
      const { program } = named(WAITS)
      const sessions = await Promise.all(Array.from({ length: 200 }, () => start(service, program)))
      const running = new Set<Conversation>()
      for (const session of sessions) void session.said('up').then(() => running.add(session))
      const queued = () => sessions.filter(({ messages }) => messages[0]?.type === 'queued').length
      await expect.poll(() => [running.size, queued()], PATIENCE).toEqual([100, 100])
      expect(ownBytes(service) - before).toBeLessThan(64 * MIB)
      const results = await Promise.all(
        sessions.map(async (session) => {
          session.type('answer\n')
          return session.result()
        }),
      )
      expect(results.filter(({ runTimeStatus }) => runTimeStatus !== 'succeeded')).toEqual([])
    }))

  it('end when their time is over', () =>
    withOwnService({ CODEEXEC_INTERACTIVE_SESSION: '1s' }, async (service) => {
      const conversation = await start(service, {
        language: 'bash',
        code: 'while sleep 0.1; do echo tick; done',
      })
      expect(await conversation.result()).toMatchObject({
        runTimeStatus: 'time_limit_exceeded',
        errorMessage: 'Time limit exceeded',
      })
    }))

  it('end when pings stay without an answer', () =>
    withOwnService({ CODEEXEC_INTERACTIVE_PING: '200ms' }, async (service) => {
      const { name, program } = named('import time\nprint("up")\ntime.sleep(1000)')
      const lost = await start(service, program)
      await lost.said('up')
      // It is still there, but neither reads nor answers.
      lost.socket.pause()
      await untilGone(name)
      const there = await start(service, named('import time\nprint("up")\ntime.sleep(1)').program)
      expect((await there.result()).exitCode).toBe(0)
    }))

  it('are counted as executions by the rate limit', () =>
    withOwnService({ CODEEXEC_RATE_LIMIT: '1/15m' }, async (service) => {
      const first = await start(service, { language: 'bash', code: 'echo one' })
      expect((await first.result()).output).toBe('one\n')
      const second = await connect(service)
      expect(await second.closed).toBe(1013)
      expect(second.messages).toEqual([
        expect.objectContaining({
          type: 'error',
          code: 'RATE_LIMITED',
          retryAfterSeconds: expect.any(Number) as number,
        }),
      ])
    }))

  it('are finished off with a reason when the service stops', () =>
    withOwnService({ CODEEXEC_DRAIN_DEADLINE: '300ms' }, async (service) => {
      const { name, program } = named(WAITS)
      const running = await start(service, program)
      await running.said('up')
      const waiting = await connect(service)
      const stopped = service.stop()
      expect(await running.closed).toBe(1012)
      expect(running.messages.at(-1)).toMatchObject({ type: 'error', code: 'SHUTTING_DOWN' })
      expect(await waiting.closed).toBe(1012)
      expect(await stopped).toBe(0)
      expect(processesNamed(name)).toEqual([])
    }))
})
