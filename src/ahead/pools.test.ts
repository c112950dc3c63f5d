import { describe, expect, it } from 'vitest'
import type { HeldSandbox, HeldSpec } from '../sandbox/driver.js'
import { WarmBudget } from './budget.js'
import { Demand } from './demand.js'
import { HeldPool } from './held-pool.js'

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5))

describe('a budget', () => {
  it('is given out up to its end, and again when it comes back', () => {
    const budget = new WarmBudget({ totalBytes: 100, reserveBytes: 0, availableBytes: () => 1000 })
    expect([budget.take(60), budget.take(60), budget.take(40)]).toEqual([true, false, true])
    budget.give(60)
    expect(budget.usedBytes).toBe(40)
    expect(budget.take(60)).toBe(true)
  })

  it('leaves the machine its reserve', () => {
    let availableBytes = 150
    const budget = new WarmBudget({
      totalBytes: 1000,
      reserveBytes: 100,
      availableBytes: () => availableBytes,
    })
    expect([budget.take(50), budget.take(51), budget.isShort()]).toEqual([true, false, false])
    availableBytes = 99
    expect(budget.isShort()).toBe(true)
  })
})

describe('demand', () => {
  it('grows with what was missed, to its most, and falls back when nobody asks', () => {
    const demand = new Demand({ least: 1, most: 3, forgetAfterMs: 100 })
    expect(demand.wanted(0)).toBe(1)
    for (const now of [1, 2, 3, 4]) demand.asked(false, now)
    expect(demand.wanted(5)).toBe(3)
    demand.asked(true, 50)
    expect(demand.wanted(120)).toBe(3)
    expect(demand.wanted(151)).toBe(1)
  })
})

class FakeHeld implements HeldSandbox {
  readonly started = Promise.resolve()
  readonly ended: Promise<void>
  end!: () => void
  disposed = false

  constructor() {
    this.ended = new Promise((resolve) => {
      this.end = resolve
    })
  }

  release(): never {
    throw new Error('nobody releases it here')
  }

  dispose(): Promise<void> {
    this.disposed = true
    return Promise.resolve()
  }
}

function pool(options: { availableBytes?: () => number; most?: number; start?: () => HeldSandbox } = {}) {
  const started: FakeHeld[] = []
  const names: string[] = []
  let now = 0
  const budget = new WarmBudget({
    totalBytes: 25,
    reserveBytes: 10,
    availableBytes: options.availableBytes ?? (() => 1000),
  })
  const held = new HeldPool({
    start: (spec) => {
      names.push(spec.executionId)
      if (options.start) return Promise.resolve().then(options.start)
      const one = new FakeHeld()
      started.push(one)
      return Promise.resolve(one)
    },
    spec: (executionId) => ({ executionId }) as HeldSpec,
    name: 'ahead',
    memoryBytes: 10,
    budget,
    most: options.most ?? 4,
    now: () => now,
  })
  return { held, started, names, budget, at: (time: number) => (now = time) }
}

describe('a pool', () => {
  it('keeps one ready, gives it away once, and starts another', async () => {
    const { held, started, names, budget } = pool()
    held.adjust()
    await settled()
    expect(held.size).toBe(1)
    expect(held.take()).toBe(started[0])
    expect(held.take()).toBeUndefined()
    await settled()
    expect(held.take()).toBe(started[1])
    expect(new Set(names).size).toBe(names.length)
    expect(started[0]?.disposed).toBe(false)
    expect(budget.usedBytes).toBeLessThanOrEqual(25)
  })

  it('follows demand within the budget, and shrinks when nobody asks any more', async () => {
    const { held, budget, at } = pool()
    for (const time of [1, 2, 3]) {
      at(time)
      held.take()
    }
    held.adjust()
    await settled()
    expect(held.size).toBe(2)
    expect(budget.usedBytes).toBe(20)
    at(100_000)
    held.adjust()
    expect(held.size).toBe(1)
    expect(budget.usedBytes).toBe(10)
  })

  it('gives everything up when the machine is short of memory', async () => {
    let availableBytes = 1000
    const { held, started, budget } = pool({ availableBytes: () => availableBytes })
    held.adjust()
    await settled()
    availableBytes = 5
    held.adjust()
    expect([held.size, started[0]?.disposed, budget.usedBytes]).toEqual([0, true, 0])
  })

  it('drops one that ended by itself', async () => {
    const { held, started, budget } = pool()
    held.adjust()
    await settled()
    started[0]?.end()
    await settled()
    expect([held.size, started[0]?.disposed, budget.usedBytes]).toEqual([0, true, 0])
  })

  it('leaves a machine alone for a while that cannot start any', async () => {
    const { held, names, budget, at } = pool({
      start: () => {
        throw new Error('no')
      },
    })
    held.adjust()
    await settled()
    held.adjust()
    await settled()
    expect([names.length, budget.usedBytes]).toEqual([1, 0])
    at(10_000)
    held.adjust()
    await settled()
    expect(names.length).toBe(2)
  })

  it('disposes of what waits when it is closed, and of what was just being started', async () => {
    const { held, started } = pool()
    held.adjust()
    await settled()
    held.take()
    await settled()
    held.close()
    await settled()
    expect(held.size).toBe(0)
    expect(started.slice(1).every((one) => one.disposed)).toBe(true)
  })
})
