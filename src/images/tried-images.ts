/**
 * The images in which a program has run: an image counts as ready when its trial run has shown it, not when its files
 * are there. One trial at a time. An image that fails is tried again, as what was wrong may have been the host.
 */
import type { ImageState, ImageStore, Installation, ReadyImage } from './image-store.js'
import type { TrialRecords } from './trial-records.js'

export interface TriedImagesOptions {
  /** Those that are there. */
  readonly images: ImageStore
  /** A trial run: resolves with undefined when a program ran in the image, otherwise with the reason. */
  readonly prove: (image: ReadyImage) => Promise<string | undefined>
  readonly records: TrialRecords
  /** Hears of each failure, and of the trial that passes after one, with `reason` undefined. */
  readonly onChange: (id: string, reason: string | undefined) => void
  readonly firstBackoffMs?: number
}

interface Trial {
  readonly key: string
  state: 'pending' | 'passed' | 'failed'
  /** For the operator: it may name files of this host. */
  reason?: string
  backoffMs: number
}

const FIRST_BACKOFF_MS = 2000
const MAX_BACKOFF_MS = 60_000
const TRYING: Installation = { step: 'running a first program', fraction: null }

export class TriedImages implements ImageStore {
  readonly #options: TriedImagesOptions
  readonly #trials = new Map<string, Trial>()
  readonly #retries = new Set<NodeJS.Timeout>()
  #trying: Promise<void> = Promise.resolve()
  #closed = false

  constructor(options: TriedImagesOptions) {
    this.#options = options
  }

  get(id: string): ReadyImage | undefined {
    const image = this.#options.images.get(id)
    return image !== undefined && this.#trialOf(image).state === 'passed' ? image : undefined
  }

  state(id: string): ImageState {
    const image = this.#options.images.get(id)
    if (image === undefined) return this.#options.images.state(id)
    const { state } = this.#trialOf(image)
    return state === 'passed' ? 'ready' : state === 'failed' ? 'failed' : 'installing'
  }

  installation(id: string): Installation | undefined {
    const image = this.#options.images.get(id)
    if (image === undefined) return this.#options.images.installation?.(id)
    return this.#trialOf(image).state === 'pending' ? TRYING : undefined
  }

  /** Why an image that is there cannot be used; for the operator. */
  reason(id: string): string | undefined {
    return this.#trials.get(id)?.reason
  }

  /** Resolves when no trial is waiting or running; retries that are due later do not count. */
  async settled(): Promise<void> {
    for (let last; last !== this.#trying;) {
      last = this.#trying
      await last
    }
  }

  /** Begins no more trials; resolves when none is under way. */
  async close(): Promise<void> {
    this.#closed = true
    for (const retry of this.#retries) clearTimeout(retry)
    await this.settled()
  }

  #trialOf(image: ReadyImage): Trial {
    const key = image.copy ?? image.hash
    const known = this.#trials.get(image.id)
    if (known?.key === key) return known
    const isRecorded = this.#options.records.has(image)
    const trial: Trial = {
      key,
      state: isRecorded ? 'passed' : 'pending',
      backoffMs: this.#options.firstBackoffMs ?? FIRST_BACKOFF_MS,
    }
    this.#trials.set(image.id, trial)
    this.#try(image, trial)
    return trial
  }

  #try(image: ReadyImage, trial: Trial): void {
    this.#trying = this.#trying.then(() => (this.#closed ? undefined : this.#run(image, trial)))
  }

  async #run(image: ReadyImage, trial: Trial): Promise<void> {
    const { prove, records, onChange } = this.#options
    const reason = await prove(image)
    // A service that stops takes its sandboxes away, and that says nothing of the image.
    if (this.#closed) return
    const hadFailed = trial.state === 'failed'
    trial.state = reason === undefined ? 'passed' : 'failed'
    if (reason === undefined) {
      delete trial.reason
      records.add(image)
      if (hadFailed) onChange(image.id, undefined)
      return
    }
    if (trial.reason !== reason) onChange(image.id, reason)
    trial.reason = reason
    const retry = setTimeout(() => {
      this.#retries.delete(retry)
      this.#try(image, trial)
    }, trial.backoffMs)
    retry.unref()
    this.#retries.add(retry)
    trial.backoffMs = Math.min(2 * trial.backoffMs, MAX_BACKOFF_MS)
  }
}
