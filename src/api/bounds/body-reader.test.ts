import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { BodyReader } from './body-reader.js'
import { Budget } from './budget.js'

const KIB = 1024
let budget: Budget
let reader: BodyReader

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
  budget = new Budget({ what: 'bytes', max: 200 * KIB, maxPerClient: 100 * KIB })
  reader = new BodyReader({ budget, maxBytes: 150 * KIB, tooLarge: () => new Error('too large') })
})
afterEach(() => {
  reader.close()
  vi.useRealTimers()
})

function arriving(declaredBytes?: number, client = 'a') {
  const stream = new PassThrough()
  const taken: number[] = []
  const read = new Promise<Buffer | undefined>((resolve, reject) => {
    const body = { stream, declaredBytes, client, onTaken: (bytes: number) => taken.push(bytes) }
    reader.read(body, (error, bytes) => (error === null ? resolve(bytes) : reject(error)))
  })
  read.catch(() => {})
  return { stream, read, taken: () => taken.reduce((sum, bytes) => sum + bytes, 0) }
}

describe('a body', () => {
  it.each([
    ['a small one', 10, 10],
    ['a large one', 90 * KIB, 90 * KIB],
    ['one of unknown length', 90 * KIB, undefined],
  ])('is put together: %s', async (_, size, declared) => {
    const { stream, read } = arriving(declared)
    const bytes = Buffer.from(Array.from({ length: size }, (_value, index) => index % 251))
    for (let at = 0; at < size; at += 7000) stream.write(bytes.subarray(at, at + 7000))
    stream.end()
    expect((await read)?.equals(bytes)).toBe(true)
  })

  it('counts as soon as its length is known, and to the end of its answer', () => {
    expect(arriving(60 * KIB).taken()).toBe(60 * KIB)
    expect(budget.used).toBe(60 * KIB)
  })

  it('is refused before it is read where there is no room', async () => {
    arriving(60 * KIB)
    await expect(arriving(60 * KIB).read).rejects.toMatchObject({ code: 'TOO_MUCH_AT_ONCE' })
    arriving(100 * KIB, 'b')
    await expect(arriving(60 * KIB, 'c').read).rejects.toMatchObject({ code: 'OVERLOADED' })
  })

  it('of unknown length counts as it comes, and is refused where the room ends', async () => {
    const { stream, read, taken } = arriving()
    stream.write(Buffer.alloc(60 * KIB))
    const second = arriving()
    second.stream.write(Buffer.alloc(60 * KIB))
    await expect(second.read).rejects.toMatchObject({ code: 'TOO_MUCH_AT_ONCE' })
    expect(taken()).toBe(60 * KIB)
    stream.end()
    expect(await read).toHaveLength(60 * KIB)
  })

  it('small enough is not counted', async () => {
    const { stream, read } = arriving(16 * KIB - 1)
    stream.end(Buffer.alloc(16 * KIB - 1))
    await read
    expect(budget.used).toBe(0)
  })

  it('that is too large is refused, by what it says or by what comes', async () => {
    await expect(arriving(150 * KIB + 1).read).rejects.toThrow('too large')
    const { stream, read } = arriving()
    stream.write(Buffer.alloc(160 * KIB))
    await expect(read).rejects.toThrow('too large')
  })

  it('that trickles is refused, and one that comes steadily is not', async () => {
    const slow = arriving(50_000)
    const steady = arriving(50_000, 'b')
    let outcome = 'waits'
    slow.read.catch((error: { code: string }) => {
      outcome = error.code
    })
    for (let second = 0; second < 11; second++) {
      slow.stream.write('x')
      steady.stream.write(Buffer.alloc(4096))
      await vi.advanceTimersByTimeAsync(1000)
    }
    expect(outcome).toBe('waits')
    await vi.advanceTimersByTimeAsync(2000)
    expect(outcome).toBe('REQUEST_TIMEOUT')
    steady.stream.end(Buffer.alloc(50_000 - 11 * 4096))
    expect(await steady.read).toHaveLength(50_000)
  })

  it('that ends by a fault of the connection is an error', async () => {
    const { stream, read } = arriving(50_000)
    stream.destroy(new Error('aborted'))
    await expect(read).rejects.toThrow('aborted')
  })
})
