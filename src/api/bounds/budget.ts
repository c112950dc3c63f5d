import { ServiceError } from '../../contract/errors.js'

/** Seconds until another try makes sense: bodies arrive and answers are read within moments, or are cut off. */
const RETRY_AFTER_SECONDS = 2

export interface BudgetFigures {
  readonly used: number
  readonly max: number
  /** How often a client was refused for its own share, and for the total. */
  readonly refused: { readonly client: number; readonly service: number }
}

/** For room to come, and who may wait for it at once. */
const MAX_WAIT_MS = 30_000
const MAX_WAITING = 1000

interface Waiting {
  readonly client: string
  readonly amount: number
  readonly resolve: (outcome: ServiceError | undefined) => void
}

export interface BudgetOptions {
  /** What is counted, for the message to a client: `bytes of request bodies`. */
  readonly what: string
  readonly max: number
  readonly maxPerClient: number
}

/**
 * How much of one thing the service holds for strangers, in total and for each client. Who holds nothing may always
 * take one thing, however large, as far as the total goes: a share below the largest body must not refuse every one.
 */
export class Budget {
  readonly options: BudgetOptions
  #used = 0
  readonly #byClient = new Map<string, number>()
  readonly #waiting: Waiting[] = []
  #refusedClients = 0
  #refusedByTotal = 0

  constructor(options: BudgetOptions) {
    this.options = options
  }

  get used(): number {
    return this.#used
  }

  /** For metrics. */
  figures(): BudgetFigures {
    return {
      used: this.#used,
      max: this.options.max,
      refused: { client: this.#refusedClients, service: this.#refusedByTotal },
    }
  }

  usedBy(client: string): number {
    return this.#byClient.get(client) ?? 0
  }

  /** Takes an amount, or gives the reason why not. A proxy, which stands for many clients, has no share of its own. */
  take(client: string, amount: number, isManyClients = false): ServiceError | undefined {
    return this.#counted(this.#tryTake(client, amount, isManyClients))
  }

  /** Gives back what was taken. */
  give(client: string, amount: number): void {
    if (amount === 0) return
    this.#used -= amount
    const left = this.usedBy(client) - amount
    if (left > 0) this.#byClient.set(client, left)
    else this.#byClient.delete(client)
    if (this.#waiting.length > 0) this.#serveWaiting()
  }

  /** As `take`, but waits for room, if there is any to come in time. Who waits holds nothing. */
  async takeInTime(client: string, amount: number): Promise<ServiceError | undefined> {
    const refusal = this.#tryTake(client, amount)
    if (refusal === undefined || this.#waiting.length >= MAX_WAITING) return this.#counted(refusal)
    return new Promise((resolve) => {
      const waiting: Waiting = {
        client,
        amount,
        resolve: (outcome) => {
          clearTimeout(timer)
          this.#waiting.splice(this.#waiting.indexOf(waiting), 1)
          resolve(outcome)
        },
      }
      const timer = setTimeout(() => waiting.resolve(this.take(client, amount)), MAX_WAIT_MS)
      this.#waiting.push(waiting)
    })
  }

  #serveWaiting(): void {
    const served = this.#waiting.filter(({ client, amount }) => this.#tryTake(client, amount) === undefined)
    for (const { resolve } of served) resolve(undefined)
  }

  #tryTake(client: string, amount: number, isManyClients = false): ServiceError | undefined {
    const refusal = this.#refusal(client, amount, isManyClients)
    if (refusal === undefined) {
      this.#used += amount
      this.#byClient.set(client, this.usedBy(client) + amount)
    }
    return refusal
  }

  #refusal(client: string, amount: number, isManyClients = false): ServiceError | undefined {
    const { what, max, maxPerClient } = this.options
    const own = isManyClients ? 0 : this.usedBy(client)
    const options = { retryAfterSeconds: RETRY_AFTER_SECONDS }
    if (own > 0 && own + amount > maxPerClient) {
      const message = `You have ${own} ${what} under way, of at most ${maxPerClient}; let some finish first`
      return new ServiceError('TOO_MUCH_AT_ONCE', message, options)
    }
    if (this.#used > 0 && this.#used + amount > max) {
      const message = `The service holds as many ${what} as it may, ${max}; try again in a moment`
      return new ServiceError('OVERLOADED', message, options)
    }
    return undefined
  }

  #counted(refusal: ServiceError | undefined): ServiceError | undefined {
    if (refusal?.code === 'TOO_MUCH_AT_ONCE') this.#refusedClients++
    else if (refusal !== undefined) this.#refusedByTotal++
    return refusal
  }
}
