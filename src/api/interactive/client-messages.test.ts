import { describe, expect, it } from 'vitest'
import { readClientMessage } from './client-messages.js'

const FRESH = { started: false, hasTerminal: false }
const RUNNING = { started: true, hasTerminal: false }

const read = (message: unknown, progress = RUNNING) =>
  readClientMessage(Buffer.from(typeof message === 'string' ? message : JSON.stringify(message)), progress)

const START = { type: 'start', language: 'python', code: 'input()' }

describe('messages of interactive clients', () => {
  it('start with everything an execution may have', () => {
    const full = { ...START, stdin: 'x', args: ['a'], limits: { cpuTimeMs: 1 }, tty: { cols: 80, rows: 24 } }
    expect(read(full, FRESH)).toEqual(full)
  })

  it.each([{ type: 'stdin', data: 'ü\u0003' }, { type: 'stdin-end' }, { type: 'signal', signal: 'SIGINT' }])(
    'may say $type to a running program',
    (message) => {
      expect(read(message)).toEqual(message)
    },
  )

  it('may resize a terminal, and only a terminal', () => {
    const resize = { type: 'resize', cols: 100, rows: 30 }
    expect(read(resize, { started: true, hasTerminal: true })).toEqual(resize)
    expect(() => read(resize)).toThrow('Invalid input: resize needs a terminal')
  })

  it.each<[string, unknown, typeof FRESH, string]>([
    ['a list', [], FRESH, 'type must be "start" in the first message'],
    ['nothing', '', FRESH, 'The message is empty'],
    ['half an object', '{"type":', FRESH, 'The message is not valid JSON: it ends too early'],
    ['input first', { type: 'stdin', data: '' }, FRESH, 'must be "start" in the first message'],
    ['another start', START, RUNNING, 'start was sent before; one socket runs one program'],
    ['an unknown field', { ...START, filename: 'x' }, FRESH, 'the message has unknown fields: filename'],
    [
      'an unknown signal',
      { type: 'signal', signal: 'SIGSEGV' },
      RUNNING,
      'signal must be "SIGHUP" or "SIGINT"',
    ],
    ['no data', { type: 'stdin' }, RUNNING, 'data is required'],
    [
      'half a character',
      '{"type":"stdin","data":"\\ud83d"}',
      RUNNING,
      'data contains half of a surrogate pair',
    ],
    ['a terminal of no width', { ...START, tty: { cols: 0, rows: 1 } }, FRESH, 'tty.cols must be at least 1'],
  ])('are refused: %s', (_, message, progress, reason) => {
    expect(() => read(message, progress)).toThrow(reason)
  })
})
