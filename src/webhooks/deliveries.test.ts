import { describe, expect, it } from 'vitest'
import type { DueCallback } from '../store/records.js'
import { Deliveries } from './deliveries.js'

const callback = (host: string, index: number): DueCallback => ({
  jobId: `${host} ${index}`,
  url: `https://${host}/hook`,
  attempts: 1,
})

const many = (host: string, count: number): DueCallback[] =>
  Array.from({ length: count }, (_, index) => callback(host, index))

/** Deliveries of what is due, each of which goes on until the test lets it end. */
class Bench {
  readonly begun: string[] = []
  readonly due: DueCallback[]
  readonly #ends = new Map<string, () => void>()
  readonly deliveries: Deliveries

  constructor(due: DueCallback[], maxClaimed = 256) {
    this.due = due
    this.deliveries = new Deliveries({
      atOnce: 4,
      atOncePerHost: 2,
      maxClaimed,
      claim: (limit) => Promise.resolve(this.due.splice(0, limit)),
      deliver: ({ jobId }) => {
        this.begun.push(jobId)
        return new Promise((resolve) => this.#ends.set(jobId, resolve))
      },
    })
  }

  end(jobId: string): void {
    this.#ends.get(jobId)?.()
  }
}

describe('deliveries of callbacks', () => {
  it('to a receiver that does not answer keep no other waiting', async () => {
    const bench = new Bench([...many('slow.test', 50), callback('quick.test', 0)])
    await bench.deliveries.begin()
    expect(bench.begun).toEqual(['slow.test 0', 'quick.test 0', 'slow.test 1'])
    bench.due.push(callback('later.test', 0))
    await bench.deliveries.begin()
    expect(bench.begun.at(-1)).toBe('later.test 0')
  })

  it('go on when one has ended, in the order of their receiver', async () => {
    const bench = new Bench(many('one.test', 4))
    await bench.deliveries.begin()
    bench.end('one.test 0')
    await expect.poll(() => bench.begun).toEqual(['one.test 0', 'one.test 1', 'one.test 2'])
  })

  it('claim no more than they hold, and the rest when there is room', async () => {
    const bench = new Bench(many('one.test', 10), 3)
    await bench.deliveries.begin()
    expect(bench.due.length).toBe(5)
    for (let index = 0; index < 10; index++) {
      await expect.poll(() => bench.begun).toContain(`one.test ${index}`)
      bench.end(`one.test ${index}`)
    }
    await bench.deliveries.settled()
    expect(bench.due).toEqual([])
  })

  it('begin nothing more when they are stopped', async () => {
    const bench = new Bench(many('one.test', 4))
    await bench.deliveries.begin()
    const stopped = bench.deliveries.stop()
    bench.end('one.test 0')
    bench.end('one.test 1')
    await stopped
    expect(bench.begun).toHaveLength(2)
  })
})
