import type { FastifyRequest } from 'fastify'
import type { Budget } from './budget.js'
import { clientOf } from './client-of.js'
import { untilAnswered } from './until-answered.js'

/** Takes a place among those who follow or wait, or throws. It is given back by the function, or with the connection. */
export function followSlot(followers: Budget, request: FastifyRequest): () => void {
  const client = clientOf(request)
  const refusal = followers.take(client, 1)
  if (refusal !== undefined) throw refusal
  let isHeld = true
  const leave = (): void => {
    if (isHeld) followers.give(client, 1)
    isHeld = false
  }
  untilAnswered(request, leave)
  return leave
}
