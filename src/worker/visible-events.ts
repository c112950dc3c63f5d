import type { ExecutionEvent } from '../contract/events.js'
import type { JobContext } from '../queue/job-queue.js'

/** What a job's followers have seen of it; a second attempt shows them nothing twice. */
export class VisibleEvents {
  readonly #context: JobContext
  readonly #stageEvents = new Set<string>()
  #hasOutput = false

  constructor(context: JobContext) {
    this.#context = context
  }

  /** Whether somebody has seen output, which cannot be taken back. */
  get hasOutput(): boolean {
    return this.#hasOutput
  }

  emit(event: ExecutionEvent): void | Promise<void> {
    if (!this.#context.followed) return
    if (event.type === 'output') this.#hasOutput = true
    if (event.type === 'stage-started' || event.type === 'stage-finished') {
      const announcement = `${event.type} ${event.stage}`
      if (this.#stageEvents.has(announcement)) return
      this.#stageEvents.add(announcement)
    }
    return this.#context.emit(event)
  }
}
