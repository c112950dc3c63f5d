import { afterEach, describe, expect, it, vi } from 'vitest'
import { Budget } from './budget.js'

const budget = (): Budget => new Budget({ what: 'bytes', max: 100, maxPerClient: 60 })

afterEach(() => {
  vi.useRealTimers()
})

describe('a budget', () => {
  it('gives each client a share, and all of them together no more than the total', () => {
    const bytes = budget()
    expect(bytes.take('a', 50)).toBeUndefined()
    expect(bytes.take('a', 20)).toMatchObject({ code: 'TOO_MUCH_AT_ONCE', status: 429, retryAfterSeconds: 2 })
    expect(bytes.take('b', 50)).toBeUndefined()
    expect(bytes.take('c', 1)).toMatchObject({ code: 'OVERLOADED', status: 503, retryAfterSeconds: 2 })
    bytes.give('a', 50)
    expect(bytes.take('c', 1)).toBeUndefined()
    expect(bytes.figures()).toEqual({ used: 51, max: 100, refused: { client: 1, service: 1 } })
  })

  it('lets whoever holds nothing take one thing of any size', () => {
    const bytes = budget()
    expect(bytes.take('a', 500)).toBeUndefined()
    expect(bytes.take('b', 1)).toMatchObject({ code: 'OVERLOADED' })
    bytes.give('a', 500)
    expect(bytes.take('b', 80)).toBeUndefined()
  })

  it('gives no share to what stands for many clients', () => {
    const bytes = budget()
    for (let index = 0; index < 10; index++) expect(bytes.take('proxy', 10, true)).toBeUndefined()
    expect(bytes.take('proxy', 10, true)).toMatchObject({ code: 'OVERLOADED' })
  })

  it('remembers no client that holds nothing', () => {
    const bytes = budget()
    for (let index = 0; index < 10; index++) {
      bytes.take(`${index}`, 5)
      bytes.give(`${index}`, 5)
    }
    expect(bytes.used).toBe(0)
    expect(bytes.usedBy('1')).toBe(0)
  })

  it('lets who can wait have what is given back, in turn, and past those for whom it is not enough', async () => {
    const bytes = budget()
    bytes.take('a', 60)
    bytes.take('c', 40)
    const served: string[] = []
    const waiting = ['a', 'b'].map(async (client) => {
      expect(await bytes.takeInTime(client, 40)).toBeUndefined()
      served.push(client)
    })
    bytes.give('c', 40)
    await waiting[1]
    expect(served).toEqual(['b'])
    bytes.give('a', 60)
    await Promise.all(waiting)
    expect(served).toEqual(['b', 'a'])
    expect(bytes.used).toBe(80)
  })

  it('refuses who has waited in vain', async () => {
    vi.useFakeTimers()
    const bytes = budget()
    bytes.take('a', 100)
    const waiting = bytes.takeInTime('b', 10)
    await vi.advanceTimersByTimeAsync(30_000)
    expect(await waiting).toMatchObject({ code: 'OVERLOADED' })
    bytes.give('a', 100)
    expect(bytes.used).toBe(0)
  })
})
