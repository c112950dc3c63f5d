import type { QueueBounds } from '../bounds.js'
import type { QueueStats } from '../job-queue.js'

/** The newest figures that any answer or message brought; they arrive by several ways, and not in order. */
export class Figures {
  #version = 0
  #queued = 0
  #running = 0
  /** As of the last beat. */
  bytes = 0

  get queued(): number {
    return this.#queued
  }

  /** @param text `version queued running` */
  update(text: string): void {
    const [version = 0, queued = 0, running = 0] = text.split(' ').map(Number)
    if (!(version > this.#version)) return
    this.#version = version
    this.#queued = queued
    this.#running = running
  }

  /** A Redis that lost its data counts from the beginning. */
  forget(): void {
    this.#version = 0
  }

  stats({ capacity, maxBytes }: QueueBounds): Omit<QueueStats, 'waitingClients'> {
    return { queued: this.#queued, running: this.#running, capacity, bytes: this.bytes, maxBytes }
  }
}
