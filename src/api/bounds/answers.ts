/** Answers on their way: how much of them waits to be read, and how a large one is sent. */
import { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import type { App } from '../dependencies.js'
import type { Budget } from './budget.js'
import { clientOf } from './client-of.js'
import { COUNTED_FROM_LENGTH, jsonPieces, PIECE_LENGTH, weigh } from './json-pieces.js'
import { untilAnswered } from './until-answered.js'

/** The operator's own page must come when the service is short of room; it is small. */
const UNCOUNTED_ROUTE = '/metrics'

/**
 * Counts answers until their clients have taken them, and sends large ones in pieces as the socket takes them. Before
 * the plugin that compresses.
 */
export function boundAnswers(app: App, budget: Budget): void {
  app.decorateRequest('answerIsCounted', false)

  const count = (request: FastifyRequest, weight: number): Error | undefined => {
    if (request.answerIsCounted || request.routeOptions.url === UNCOUNTED_ROUTE) return undefined
    const client = clientOf(request)
    const refusal = budget.take(client, weight)
    if (refusal !== undefined) return refusal
    request.answerIsCounted = true
    untilAnswered(request, () => budget.give(client, weight))
    return undefined
  }

  app.addHook('preSerialization', (request, reply, payload: unknown, done) => {
    const weight = weigh(payload)
    if (weight < COUNTED_FROM_LENGTH) return done(null, payload)
    const refusal = count(request, weight)
    if (refusal === undefined && weight > PIECE_LENGTH) {
      // The plugin that compresses knows this header; an encoder for each unread answer takes more than it saves.
      request.headers['x-no-compression'] = 'large'
      // Fastify sends a stream that a serializer gives, but has no type for it.
      reply.serializer((answer) => Readable.from(jsonPieces(answer), { objectMode: false }) as never)
    }
    if (refusal === undefined) done(null, payload)
    else done(refusal)
  })

  app.addHook('onSend', (request, _reply, payload: unknown, done) => {
    if (typeof payload !== 'string' || payload.length < COUNTED_FROM_LENGTH) return done(null, payload)
    const refusal = count(request, payload.length)
    if (refusal === undefined) done(null, payload)
    else done(refusal)
  })
}
