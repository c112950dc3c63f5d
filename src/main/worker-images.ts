import type { ImageState, ImageStore, ReadyImage } from '../images/image-store.js'
import type { WorkerRecord } from '../queue/redis.js'

/**
 * The images of the workers, as an api sees them: a language is ready when every worker that takes jobs can run it,
 * since any of them may get the job.
 */
export class WorkerImages implements ImageStore {
  readonly #workers: () => readonly WorkerRecord[]

  constructor(workers: () => readonly WorkerRecord[]) {
    this.#workers = workers
  }

  state(id: string): ImageState {
    if (this.get(id)) return 'ready'
    const workers = this.#workers()
    if (workers.some(({ installing }) => installing.includes(id))) return 'installing'
    return workers.some(({ failed }) => failed?.includes(id) === true) ? 'failed' : 'absent'
  }

  get(id: string): ReadyImage | undefined {
    const found = this.#serving().map(({ languages }) => languages.find((language) => language.id === id))
    const [first] = found
    if (first === undefined || found.includes(undefined)) return undefined
    return { ...first, layers: [] }
  }

  #serving(): readonly WorkerRecord[] {
    return this.#workers().filter(({ slots }) => slots > 0)
  }
}

/** Languages that other workers run and this one cannot: while there are any, it takes no jobs. */
export function languagesBehind(
  workers: readonly WorkerRecord[],
  canRun: (id: string) => boolean,
): readonly string[] {
  const offered = workers.filter(({ slots }) => slots > 0).flatMap(({ languages }) => languages)
  return [...new Set(offered.map(({ id }) => id))].filter((id) => !canRun(id))
}
