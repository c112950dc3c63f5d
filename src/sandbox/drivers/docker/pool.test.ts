import { afterEach, describe, expect, it, vi } from 'vitest'
import { SandboxError } from '../../driver.js'
import { ContainerPool } from './pool.js'
import type { ContainerShape } from './shape.js'

interface FakeContainer {
  readonly shape: ContainerShape
  lost: SandboxError | undefined
  removed: boolean
}

function shape(image: string): ContainerShape {
  const folders = { '/box': 1, '/out': 1, '/tmp': 1, '/dev/shm': 1 }
  return { image, memoryBytes: 1, nanoCpus: 1, pids: 1, folders }
}

class Yard {
  readonly made: FakeContainer[] = []
  readonly failures: unknown[] = []
  now = 0
  failing: Error | undefined
  /** The failure of removals. */
  stuck: Error | undefined
  onStart = (): void => {}
  readonly pool: ContainerPool<FakeContainer>

  constructor(capacity: number) {
    this.pool = new ContainerPool<FakeContainer>({
      capacity,
      idleMs: 1000,
      now: () => this.now,
      onFailure: (error) => this.failures.push(error),
      // oxlint-disable-next-line typescript/require-await -- a start is asynchronous
      start: async (wanted) => {
        this.onStart()
        if (this.failing) throw this.failing
        const container = { shape: wanted, lost: undefined, removed: false }
        this.made.push(container)
        return container
      },
      // oxlint-disable-next-line typescript/require-await -- so is a removal
      remove: async (container) => {
        if (this.stuck) throw this.stuck
        container.removed = true
      },
    })
  }

  get living(): number {
    return this.made.filter(({ removed }) => !removed).length
  }

  async use(image: string): Promise<FakeContainer> {
    const container = await this.pool.take(shape(image))
    this.pool.release(shape(image), container)
    await this.pool.settled()
    return container
  }
}

afterEach(() => {
  vi.useRealTimers()
})

describe('the pool of containers', () => {
  it('counts by image who found one ready, and how many wait', async () => {
    const yard = new Yard(4)
    await yard.use('python')
    await yard.use('python')
    const waiting = yard.made.at(-1)
    if (waiting) waiting.lost = new SandboxError('engine', 'gone')
    await yard.use('python')
    yard.pool.expect(shape('bash'), 2)
    yard.pool.expect({ ...shape('bash'), pids: 9 }, 1)
    await yard.pool.settled()
    expect(Object.fromEntries(yard.pool.counts)).toEqual({
      python: { ready: 1, hits: 1, misses: 2 },
      bash: { ready: 3, hits: 0, misses: 0 },
    })
  })

  it('goes on counting what was asked of an image that it forgot', async () => {
    const yard = new Yard(1)
    await yard.use('python')
    yard.now += 2000
    yard.pool.tend()
    await yard.pool.settled()
    expect(yard.living).toBe(0)
    expect(yard.pool.counts.get('python')).toEqual({ ready: 0, hits: 0, misses: 1 })
  })

  it('says that one could not be made ahead, and tries again after a while', async () => {
    vi.useFakeTimers()
    const yard = new Yard(2)
    yard.failing = new SandboxError('container', 'the engine is away')
    yard.pool.expect(shape('python'), 2)
    await yard.pool.settled()
    expect(yard.failures).toEqual([yard.failing, yard.failing])
    yard.failing = undefined
    yard.pool.tend()
    await yard.pool.settled()
    expect(yard.living).toBe(0)
    yard.now += 2000
    await vi.advanceTimersByTimeAsync(2000)
    await yard.pool.settled()
    expect(yard.pool.figures.ready).toBe(2)
  })

  it('says that one could not be removed, and goes on', async () => {
    const yard = new Yard(1)
    yard.stuck = new SandboxError('remove', 'the engine is away')
    await yard.use('python')
    expect(yard.failures).toEqual([yard.stuck])
    expect(yard.pool.figures).toEqual({ ready: 1, starting: 0, inUse: 0 })
  })

  it('starts few at once, so that requests come first', async () => {
    const yard = new Yard(8)
    let most = 0
    yard.onStart = () => {
      most = Math.max(most, yard.pool.figures.starting)
    }
    yard.pool.expect(shape('python'), 6)
    await yard.pool.settled()
    expect(yard.pool.figures.ready).toBe(6)
    expect(most).toBe(2)
  })

  it('removes what was still being made when it was closed', async () => {
    const yard = new Yard(2)
    yard.pool.expect(shape('python'), 2)
    const closing = yard.pool.close()
    expect(yard.pool.figures.starting).toBe(2)
    await closing
    expect(yard.made).toHaveLength(2)
    expect(yard.living).toBe(0)
  })

  it('never gives a container twice, and has the next one ready', async () => {
    const yard = new Yard(4)
    const first = await yard.use('python')
    expect(first.removed).toBe(true)
    expect(yard.pool.figures).toEqual({ ready: 1, starting: 0, inUse: 0 })
    const waiting = yard.made.at(-1)
    expect(await yard.use('python')).toBe(waiting)
    expect(yard.living).toBe(1)
  })

  it('keeps as many as were in use at once, and no more than its capacity', async () => {
    const yard = new Yard(3)
    const taken = await Promise.all(Array.from({ length: 5 }, () => yard.pool.take(shape('python'))))
    for (const container of taken) yard.pool.release(shape('python'), container)
    await yard.pool.settled()
    expect(yard.pool.figures.ready).toBe(3)
    expect(yard.living).toBe(3)
  })

  it('gives the room to what was asked for last', async () => {
    const yard = new Yard(2)
    for (const image of ['python', 'ruby', 'go']) {
      yard.now += 1
      await yard.use(image)
    }
    const ready = yard.made.filter(({ removed }) => !removed).map((container) => container.shape.image)
    expect(ready.toSorted()).toEqual(['go', 'ruby'])
  })

  it('shrinks with age, and forgets what nobody asks for, but for what is always expected', async () => {
    const yard = new Yard(8)
    const taken = await Promise.all(Array.from({ length: 4 }, () => yard.pool.take(shape('python'))))
    for (const container of taken) yard.pool.release(shape('python'), container)
    yard.pool.expect(shape('bash'), 1)
    await yard.pool.settled()
    expect(yard.pool.figures.ready).toBe(5)
    yard.pool.age()
    await yard.pool.settled()
    expect(yard.pool.figures.ready).toBe(3)
    yard.now += 2000
    yard.pool.tend()
    await yard.pool.settled()
    const ready = yard.made.filter(({ removed }) => !removed).map((container) => container.shape.image)
    expect(ready).toEqual(['bash'])
  })

  it('passes over containers that have died while they waited', async () => {
    const yard = new Yard(2)
    await yard.use('python')
    const waiting = yard.made.at(-1)
    if (waiting) waiting.lost = new SandboxError('engine', 'gone')
    const taken = await yard.pool.take(shape('python'))
    expect(taken).not.toBe(waiting)
    expect(waiting?.removed).toBe(true)
  })

  it('tells whoever asks that none can be made, and counts nobody as using one', async () => {
    const yard = new Yard(2)
    yard.failing = new SandboxError('container', 'the engine is away')
    await expect(yard.pool.take(shape('python'))).rejects.toBe(yard.failing)
    expect(yard.pool.figures.inUse).toBe(0)
    yard.failing = undefined
    expect((await yard.use('python')).removed).toBe(true)
  })

  it('makes none ahead where it may keep none, and leaves none when it is closed', async () => {
    const none = new Yard(0)
    await none.use('python')
    expect(none.living).toBe(0)
    const yard = new Yard(4)
    yard.pool.expect(shape('python'), 3)
    await yard.pool.close()
    expect(yard.living).toBe(0)
    expect(yard.pool.figures.ready).toBe(0)
  })
})
