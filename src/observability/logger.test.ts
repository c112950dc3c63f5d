import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { createLogger, serializeError } from './logger.js'
import type { LogSettings } from './logger.js'

function capture(settings: LogSettings = { level: 'info' }) {
  const stream = new PassThrough()
  const chunks: string[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk.toString()))
  return {
    logger: createLogger(settings, stream),
    lines: () => chunks.map((line): unknown => JSON.parse(line)),
  }
}

describe('a log line', () => {
  it('is one JSON object with level, time and the fields it was given', () => {
    const { logger, lines } = capture({ level: 'info', fields: { role: 'worker' } })
    logger.child({ reqId: 'r1' }).info({ jobId: 'j1' }, 'done')
    expect(lines()).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        role: 'worker',
        reqId: 'r1',
        jobId: 'j1',
        msg: 'done',
      },
    ])
  })

  it('is left out below the level', () => {
    const { logger, lines } = capture({ level: 'warn' })
    logger.info('quiet')
    logger.warn('loud')
    expect(lines()).toEqual([expect.objectContaining({ msg: 'loud' })])
  })

  it('never contains a whole request or response, whoever logs one', () => {
    const { logger, lines } = capture()
    logger.info({ req: { ip: '192.0.2.1', body: 'secret' }, res: { headers: 'secret' } }, 'x')
    expect(JSON.stringify(lines())).not.toMatch(/192\.0\.2\.1|secret/)
  })
})

describe('an error in the log', () => {
  it('keeps its kind, message, stack, place and causes', () => {
    const cause = Object.assign(new TypeError('inner'), { code: 'ENOENT', path: '/x' })
    expect(serializeError(new Error('outer', { cause }))).toMatchObject({
      type: 'Error',
      message: 'outer',
      stack: expect.stringContaining('logger.test'),
      cause: { type: 'TypeError', message: 'inner', code: 'ENOENT', path: '/x' },
    })
  })

  it('loses properties that may hold what a client sent', () => {
    const error = Object.assign(new Error('x'), {
      body: 'secret',
      details: ['secret'],
      request: { code: 'secret' },
    })
    expect(JSON.stringify(serializeError(error))).not.toContain('secret')
  })

  it('may be its own cause', () => {
    const error = new Error('circle')
    error.cause = error
    expect(JSON.stringify(serializeError(error)).match(/"message":"circle"/g)).toHaveLength(6)
  })

  it('may be no error at all, whose words stay out of the log', () => {
    expect(serializeError('secret')).toBe('not an error but string')
    const { logger, lines } = capture()
    logger.error({ err: 'secret' }, 'x')
    expect(JSON.stringify(lines())).not.toContain('secret')
  })
})
