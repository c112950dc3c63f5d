import { isAscii, isUtf8 } from 'node:buffer'
import { ServiceError } from '../../contract/errors.js'
import { BodyReader } from '../bounds/body-reader.js'
import type { Budget } from '../bounds/budget.js'
import { clientOf } from '../bounds/client-of.js'
import { untilAnswered } from '../bounds/until-answered.js'
import type { App } from '../dependencies.js'
import { invalidField } from '../invalid-input.js'

const MEBIBYTE = 2 ** 20
const BYTE_ORDER_MARK = '\u{feff}'

/** Bodies below this are parsed as they come: they cannot hold enough values to keep the thread busy for long. */
const CHECK_FROM_BYTES = 256 * 1024
/**
 * Lists, objects and their entries in one body. Programs are long strings; ten megabytes of brackets instead would
 * take more than a second to parse, in which nobody else is served.
 */
const MAX_VALUES = 50_000

/** A search costs a call, which is too much for each quote where there are many, and nothing for a long text. */
const SEARCH_AFTER_BYTES = 64

const QUOTE = 0x22
const BACKSLASH = 0x5c
const SEPARATORS: ReadonlySet<number> = new Set([0x2c, 0x5b, 0x7b])

/** Bodies are JSON in UTF-8 or refused; nothing else is parsed. */
export function parseJsonBodies(app: App, budget: Budget, maxBytes: number): void {
  const reader = new BodyReader({ budget, maxBytes, tooLarge: () => tooLarge(maxBytes) })
  app.addHook('onClose', (_app, done) => {
    reader.close()
    done()
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', (request, stream, done) => {
    const { 'content-encoding': encoding, 'content-length': length } = request.headers
    // Nothing is unpacked, so no body is larger than what arrives.
    if (encoding !== undefined && encoding !== 'identity') {
      done(new ServiceError('UNSUPPORTED_MEDIA_TYPE', 'The body must be sent without Content-Encoding'))
      return
    }
    const client = clientOf(request)
    const body = {
      stream,
      declaredBytes: length === undefined ? undefined : Number(length),
      client,
      // Until the answer: a request keeps its body for as long as it is worked on.
      onTaken: (bytes: number) => untilAnswered(request, () => budget.give(client, bytes)),
    }
    reader.read(body, (error, bytes) => {
      try {
        if (error !== null || bytes === undefined) done(error)
        else done(null, parseJson(bytes))
      } catch (problem) {
        done(problem instanceof Error ? problem : new Error('not an error', { cause: problem }))
      }
    })
  })
}

function tooLarge(maxBytes: number): ServiceError {
  const limit = `${Math.round((maxBytes / MEBIBYTE) * 10) / 10} MiB`
  return new ServiceError('PAYLOAD_TOO_LARGE', `The body is larger than ${limit}`)
}

/**
 * Parsed JSON. A key `__proto__` becomes a property like any other and is dropped with the other unknown fields:
 * schemas copy the fields they know, nothing merges a body into an object.
 */
export function parseJson(body: Buffer): unknown {
  if (body.length >= CHECK_FROM_BYTES) refuseTooManyValues(body)
  const text = decode(body)
  if (text.trim() === '') throw new ServiceError('INVALID_JSON', 'The body is empty; send a JSON object')
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new ServiceError('INVALID_JSON', `The body is not valid JSON${hint(error)}`)
  }
}

function refuseTooManyValues(body: Buffer): void {
  let values = 0
  for (let index = 0; index < body.length; index++) {
    const byte = body[index] ?? 0
    if (byte === QUOTE) index = endOfString(body, index + 1)
    else if (SEPARATORS.has(byte) && ++values > MAX_VALUES) {
      throw invalidField('the body', `has more than ${MAX_VALUES} values`)
    }
  }
}

/** Where the string ends that begins here: its closing quote, or the end of the body. */
function endOfString(body: Buffer, start: number): number {
  let index = start
  for (;;) {
    const near = Math.min(index + SEARCH_AFTER_BYTES, body.length)
    for (; index < near; index++) {
      if (body[index] === QUOTE) return index
      if (body[index] === BACKSLASH) index++
    }
    const quote = body.indexOf(QUOTE, index)
    if (quote === -1) return body.length
    let before = quote - 1
    while (before >= index && body[before] === BACKSLASH) before--
    const isEscaped = (quote - before) % 2 === 0
    if (!isEscaped) return quote
    index = quote + 1
  }
}

/** The engine's message quotes the body, so only the place is taken from it. */
function hint(error: unknown): string {
  const message = error instanceof Error ? error.message : ''
  const position = /at position (\d+)/.exec(message)?.[1]
  if (position !== undefined) return `: look at character ${Number(position) + 1}`
  return message.includes('end of JSON') ? ': it ends too early' : ''
}

function decode(body: Buffer): string {
  // Twice as fast as decoding UTF-8, and most programs are ASCII.
  if (isAscii(body)) return body.toString('latin1')
  if (!isUtf8(body)) throw new ServiceError('INVALID_JSON', 'The body is not valid UTF-8')
  const text = body.toString('utf8')
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text
}
