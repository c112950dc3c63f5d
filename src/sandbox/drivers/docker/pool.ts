/**
 * Containers that wait for their one command, by shape. A shape that is used is kept ready, as many of it as were in
 * use at once lately; what nobody asks for any more goes, and so does the shape asked for longest ago when the pool
 * is full. Nothing is ever put back.
 */
import type { SandboxError } from '../../driver.js'
import type { ContainerShape } from './shape.js'
import { shapeKey } from './shape.js'

/** What the pool needs of a container; AgentContainer in earnest. */
export interface Poolable {
  readonly lost: SandboxError | undefined
}

export interface PoolOptions<Container extends Poolable> {
  readonly start: (shape: ContainerShape) => Promise<Container>
  readonly remove: (container: Container) => Promise<void>
  /** Containers that may wait at once; 0 keeps none. */
  readonly capacity: number
  /** A shape that nobody has asked for this long is not kept ready any more. */
  readonly idleMs: number
  /** Hears of containers that could not be made ahead, or removed. */
  readonly onFailure: (error: unknown) => void
  readonly now?: () => number
}

/** Containers of one image: those that wait, and how often one did when it was asked for. */
export interface PoolCounts {
  readonly ready: number
  readonly hits: number
  readonly misses: number
}

interface Shelf<Container> {
  readonly shape: ContainerShape
  readonly ready: Container[]
  starting: number
  inUse: number
  /** How many should be ready. */
  wanted: number
  /** How many are kept ready though nobody asks. */
  least: number
  askedAt: number
}

/** How many containers are made ahead at once: those that a request waits for come first. */
const STARTING_AT_ONCE = 2
/** After a failure to make one ahead, before the next try. */
const RETRY_MS = 2000

export class ContainerPool<Container extends Poolable> {
  readonly #options: PoolOptions<Container>
  readonly #shelves = new Map<string, Shelf<Container>>()
  readonly #removals = new Set<Promise<void>>()
  readonly #starts = new Set<Promise<unknown>>()
  readonly #asked = new Map<string, Omit<PoolCounts, 'ready'>>()
  #retryAt = 0
  #retry: NodeJS.Timeout | undefined
  #closed = false

  constructor(options: PoolOptions<Container>) {
    this.#options = options
  }

  /** A container for one command: a waiting one, or one made now. Give it back with `release`. */
  async take(shape: ContainerShape): Promise<Container> {
    const shelf = this.#shelf(shape)
    shelf.askedAt = this.#now()
    shelf.inUse += 1
    shelf.wanted = Math.min(this.#options.capacity, Math.max(shelf.wanted, shelf.inUse))
    try {
      for (let waiting = shelf.ready.shift(); waiting; waiting = shelf.ready.shift()) {
        if (!waiting.lost) {
          this.#count(shape, 'hits')
          return waiting
        }
        this.#remove(waiting)
      }
      this.#count(shape, 'misses')
      const starting = this.#options.start(shape)
      this.#starts.add(starting)
      try {
        return await starting
      } finally {
        this.#starts.delete(starting)
      }
    } catch (error) {
      shelf.inUse -= 1
      throw error
    }
  }

  /** Has containers of a shape ready before anybody asks, and keeps as many. */
  expect(shape: ContainerShape, count: number): void {
    const shelf = this.#shelf(shape)
    shelf.least = count
    shelf.wanted = Math.min(this.#options.capacity, Math.max(shelf.wanted, count))
    this.tend()
  }

  /** Removes a used container, behind the back of whoever used it, and makes up for it. */
  release(shape: ContainerShape, container: Container): void {
    const shelf = this.#shelf(shape)
    shelf.inUse -= 1
    this.#remove(container)
    this.tend()
  }

  /** Makes what is missing, removes what is too much. */
  tend(): void {
    if (this.#closed) return
    const now = this.#now()
    for (const [key, shelf] of this.#shelves) {
      this.#drop(shelf, ({ lost }) => lost !== undefined)
      if (now - shelf.askedAt < this.#options.idleMs || shelf.inUse > 0) continue
      shelf.wanted = shelf.least
      if (shelf.wanted > 0) continue
      this.#drop(shelf, () => true)
      if (shelf.starting === 0) this.#shelves.delete(key)
    }
    // The latest shapes first; those the capacity does not reach give theirs up.
    let room = this.#options.capacity
    for (const shelf of [...this.#shelves.values()].toSorted((a, b) => b.askedAt - a.askedAt)) {
      const allowed = Math.min(shelf.wanted, room)
      for (const spare of shelf.ready.splice(allowed)) this.#remove(spare)
      while (shelf.ready.length + shelf.starting < allowed && this.#mayStart(now)) this.#startAhead(shelf)
      room -= allowed
    }
  }

  /** Shrinks: what was wanted at once lately counts half from now on. */
  age(): void {
    for (const shelf of this.#shelves.values())
      shelf.wanted = Math.max(Math.ceil(shelf.wanted / 2), shelf.inUse, shelf.least)
    this.tend()
  }

  get figures(): { readonly ready: number; readonly starting: number; readonly inUse: number } {
    const sum = (of: (shelf: Shelf<Container>) => number): number =>
      [...this.#shelves.values()].reduce((total, shelf) => total + of(shelf), 0)
    return {
      ready: sum(({ ready }) => ready.length),
      starting: sum(({ starting }) => starting),
      inUse: sum(({ inUse }) => inUse),
    }
  }

  /** By image. */
  get counts(): ReadonlyMap<string, PoolCounts> {
    const counts = new Map<string, PoolCounts>()
    const add = (image: string, more: Partial<PoolCounts>): void => {
      counts.set(image, { ready: 0, hits: 0, misses: 0, ...counts.get(image), ...more })
    }
    for (const [image, asked] of this.#asked) add(image, asked)
    for (const { shape, ready } of this.#shelves.values())
      add(shape.image, { ready: (counts.get(shape.image)?.ready ?? 0) + ready.length })
    return counts
  }

  /** Resolves when nothing is being made or removed. */
  async settled(): Promise<void> {
    while (this.#starts.size + this.#removals.size > 0)
      await Promise.allSettled([...this.#starts, ...this.#removals])
  }

  /** Removes everything that waits; containers in use are their users' to release. */
  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#retry)
    for (const shelf of this.#shelves.values()) this.#drop(shelf, () => true)
    await this.settled()
  }

  #count({ image }: ContainerShape, result: 'hits' | 'misses'): void {
    const before = this.#asked.get(image) ?? { hits: 0, misses: 0 }
    this.#asked.set(image, { ...before, [result]: before[result] + 1 })
  }

  #now(): number {
    return (this.#options.now ?? Date.now)()
  }

  #shelf(shape: ContainerShape): Shelf<Container> {
    const key = shapeKey(shape)
    const known = this.#shelves.get(key)
    if (known) return known
    const shelf: Shelf<Container> = {
      shape,
      ready: [],
      starting: 0,
      inUse: 0,
      wanted: 0,
      least: 0,
      askedAt: this.#now(),
    }
    this.#shelves.set(key, shelf)
    return shelf
  }

  #mayStart(now: number): boolean {
    const starting = [...this.#shelves.values()].reduce((sum, shelf) => sum + shelf.starting, 0)
    return starting < STARTING_AT_ONCE && now >= this.#retryAt
  }

  #startAhead(shelf: Shelf<Container>): void {
    shelf.starting += 1
    const start = this.#options.start(shelf.shape).then(
      (container) => {
        shelf.starting -= 1
        if (this.#closed || shelf.wanted === 0) this.#remove(container)
        else shelf.ready.push(container)
        this.tend()
      },
      (error: unknown) => {
        shelf.starting -= 1
        this.#options.onFailure(error)
        if (this.#closed) return
        this.#retryAt = this.#now() + RETRY_MS
        clearTimeout(this.#retry)
        this.#retry = setTimeout(() => this.tend(), RETRY_MS)
        this.#retry.unref()
      },
    )
    this.#starts.add(start)
    void start.then(() => this.#starts.delete(start))
  }

  #drop(shelf: Shelf<Container>, isToGo: (container: Container) => boolean): void {
    for (const container of shelf.ready.filter(isToGo)) {
      shelf.ready.splice(shelf.ready.indexOf(container), 1)
      this.#remove(container)
    }
  }

  #remove(container: Container): void {
    const removal = this.#options.remove(container).catch(this.#options.onFailure)
    this.#removals.add(removal)
    void removal.then(() => this.#removals.delete(removal))
  }
}
