/**
 * Loads what clients read from the store. How large a record is tells only when it is there, so few are loaded at a
 * time; a large one is counted until it is sent, and its size remembered: the next to ask for it waits for room first.
 */
import type { FastifyRequest } from 'fastify'
import { ServiceError } from '../../contract/errors.js'
import { Budget } from './budget.js'
import { clientOf } from './client-of.js'
import { COUNTED_FROM_LENGTH, weigh } from './json-pieces.js'
import { untilAnswered } from './until-answered.js'

const MAX_LOADING = 3
const MAX_LOADING_PER_CLIENT = 1
const MAX_REMEMBERED = 10_000

/** Who reads. */
export interface Reader {
  readonly client: string
  readonly isGone: () => boolean
}

export interface Loaded<T> {
  readonly value: T
  /** To be called once it is sent. */
  readonly release: () => void
}

export class Reads {
  readonly #answers: Budget
  readonly #loading = new Budget({
    what: 'reads',
    max: MAX_LOADING,
    maxPerClient: MAX_LOADING_PER_CLIENT,
  })
  /** Of large records, by the name they are read by. */
  readonly #weights = new Map<string, number>()

  constructor(answers: Budget) {
    this.#answers = answers
  }

  /** Loads the answer to a request; it is counted until it is sent. */
  async answer<T>(request: FastifyRequest, name: string, load: () => Promise<T>): Promise<T> {
    const { socket } = request.raw
    const reader = { client: clientOf(request), isGone: () => socket.destroyed }
    const { value, release } = await this.load(reader, name, load)
    request.answerIsCounted = true
    untilAnswered(request, release)
    return value
  }

  async load<T>(reader: Reader, name: string, load: () => Promise<T>): Promise<Loaded<T>> {
    const { client } = reader
    const known = this.#weights.get(name)
    if (known !== undefined) return this.#loadCounted(reader, known, load)
    const value = await this.#loadInTurn(reader, load)
    const weight = weigh(value)
    if (weight < COUNTED_FROM_LENGTH) return { value, release: () => {} }
    this.#remember(name, weight)
    if (this.#answers.take(client, weight) === undefined) return this.#counted(client, weight, value)
    // Let go of, and loaded again when there is room.
    return this.#loadCounted(reader, weight, load)
  }

  async #loadCounted<T>(reader: Reader, weight: number, load: () => Promise<T>): Promise<Loaded<T>> {
    const { client } = reader
    const refusal = await this.#answers.takeInTime(client, weight)
    if (refusal !== undefined) throw refusal
    try {
      return this.#counted(client, weight, await this.#loadInTurn(reader, load))
    } catch (error) {
      this.#answers.give(client, weight)
      throw error
    }
  }

  #counted<T>(client: string, weight: number, value: T): Loaded<T> {
    return { value, release: () => this.#answers.give(client, weight) }
  }

  async #loadInTurn<T>({ client, isGone }: Reader, load: () => Promise<T>): Promise<T> {
    const refusal = await this.#loading.takeInTime(client, 1)
    if (refusal !== undefined) throw refusal
    try {
      // Who left while it waited needs nothing loaded.
      if (isGone()) throw new ServiceError('OVERLOADED', 'The client has left')
      return await load()
    } finally {
      this.#loading.give(client, 1)
    }
  }

  #remember(name: string, weight: number): void {
    const oldest = this.#weights.keys().next()
    if (this.#weights.size >= MAX_REMEMBERED && oldest.done !== true) this.#weights.delete(oldest.value)
    this.#weights.set(name, weight)
  }
}
