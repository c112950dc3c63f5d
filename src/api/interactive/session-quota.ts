import { ServiceError } from '../../contract/errors.js'

/** Sessions of each client: nobody has more at once than one may have. */
export class SessionQuota {
  readonly #mostOfOne: number
  readonly #open = new Map<string, number>()

  constructor(mostOfOne: number) {
    this.#mostOfOne = mostOfOne
  }

  /** Counts one more; gives the error where the client has as many as it may have. */
  enter(clientKey: string): ServiceError | undefined {
    const open = this.#open.get(clientKey) ?? 0
    if (open >= this.#mostOfOne) {
      const message = `You have ${open} interactive sessions, as many as one client may have; end one of them first`
      return new ServiceError('SESSION_QUOTA', message)
    }
    this.#open.set(clientKey, open + 1)
    return undefined
  }

  leave(clientKey: string): void {
    const left = (this.#open.get(clientKey) ?? 0) - 1
    if (left > 0) this.#open.set(clientKey, left)
    else this.#open.delete(clientKey)
  }
}
