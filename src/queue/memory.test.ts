import { describe, expect, it } from 'vitest'

import type { ServiceError } from '../contract/errors.js'
import type { ExecutionEvent } from '../contract/events.js'
import type { ExecutionResult } from '../contract/execution.js'
import { testJobQueue } from './conformance.js'
import { requestOf } from './conformance/harness.js'
import { FairLine } from './fair-line.js'
import { createMemoryQueue } from './memory.js'
import { ServiceTime } from './service-time.js'

testJobQueue('memory', (capacity, bounds) =>
  Promise.resolve({ queue: createMemoryQueue({ capacity, ...bounds }) }),
)

const request = requestOf('x')
const result = { jobId: 'x', status: 'succeeded' } as ExecutionResult

describe('memory queue', () => {
  it('starts a job within submit when a slot is free, and tells it no position', async () => {
    const queue = createMemoryQueue({ capacity: 1 })
    const events: ExecutionEvent[] = []
    let started = 0
    queue.consume(() => {
      started++
      return Promise.resolve(result)
    }, 1)
    const answer = queue.submit(request, { onEvent: (event) => void events.push(event) })
    expect(started).toBe(1)
    await answer
    expect(events).toEqual([])
  })

  it('tells of every job how long it waited', async () => {
    let clockMs = 0
    const waits: number[] = []
    const queue = createMemoryQueue({ capacity: 1, now: () => clockMs, onTaken: (ms) => waits.push(ms) })
    const finish: (() => void)[] = []
    queue.consume(
      () =>
        new Promise((resolve) => {
          finish.push(() => resolve(result))
        }),
      1,
    )
    const answers = [queue.submit(request), queue.submit(request)]
    clockMs = 700
    finish.shift()?.()
    await answers[0]
    finish.shift()?.()
    await answers[1]
    expect(waits).toEqual([0, 700])
  })

  it('knows beforehand that it would refuse', async () => {
    const queue = createMemoryQueue({ capacity: 1 })
    const jobs: (() => void)[] = []
    queue.consume(
      () =>
        new Promise((resolve) => {
          jobs.push(() => resolve(result))
        }),
      1,
    )
    expect(queue.refusal?.('')).toBeUndefined()
    const answers = [queue.submit(request)]
    expect(queue.refusal?.('')).toBeUndefined()
    answers.push(queue.submit(request))
    expect(queue.refusal?.('')).toMatchObject({ code: 'QUEUE_FULL', status: 503 })
    jobs.shift()?.()
    await answers[0]
    expect(queue.refusal?.('')).toBeUndefined()
    jobs.shift()?.()
    await answers[1]
    await queue.close()
    expect(queue.refusal?.('')).toMatchObject({ code: 'SHUTTING_DOWN' })
  })

  it('with a capacity of 0 hands over to free slots only', async () => {
    const queue = createMemoryQueue({ capacity: 0 })
    queue.consume(() => Promise.resolve(result), 1)
    const first = queue.submit(request)
    await expect(queue.submit(request)).rejects.toMatchObject({ code: 'QUEUE_FULL' })
    await first
    await expect(queue.submit(request)).resolves.toEqual(result)
  })

  it('tells a client of a full queue how long the queue will take, by the last jobs', async () => {
    let clockMs = 0
    const queue = createMemoryQueue({ capacity: 3, now: () => clockMs })
    const finish: (() => void)[] = []
    const handler = (): Promise<ExecutionResult> =>
      new Promise((resolve) => {
        finish.push(() => resolve(result))
      })
    queue.consume(handler, 2)
    const first = queue.submit(request)
    clockMs = 10_000
    finish.shift()?.()
    await first
    const answers = Array.from({ length: 5 }, () => queue.submit(request))
    const refusal = (await queue.submit(request).catch((error: unknown) => error)) as ServiceError
    expect(refusal.retryAfterSeconds).toBe(20)
    await queue.close()
    while (finish.length > 0) {
      finish.shift()?.()
      await Promise.race(answers)
      await Promise.resolve()
    }
  })

  it('leaves waiting jobs to the consumers that do not drain', async () => {
    const queue = createMemoryQueue({ capacity: 10 })
    const ran: string[] = []
    const finish: (() => void)[] = []
    const handlerNamed = (name: string) => (): Promise<ExecutionResult> =>
      new Promise((resolve) => {
        ran.push(name)
        finish.push(() => resolve(result))
      })
    const leaving = queue.consume(handlerNamed('leaving'), 1)
    queue.consume(handlerNamed('staying'), 1)
    const answers = Array.from({ length: 4 }, () => queue.submit(request))
    const drained = leaving.drain(3_600_000)
    for (let index = 0; index < 4; index++) {
      finish[index]?.()
      await answers[index]
    }
    await drained
    expect(ran).toEqual(['leaving', 'staying', 'staying', 'staying'])
    const later = queue.submit(request)
    finish[4]?.()
    expect(await later).toBe(result)
  })

  it('ends a drain for everyone who waits for it', async () => {
    const queue = createMemoryQueue({ capacity: 1 })
    const consumer = queue.consume(() => Promise.resolve(result), 1)
    await Promise.all([consumer.drain(3_600_000), consumer.drain(3_600_000)])
    await expect(consumer.drain(3_600_000)).resolves.toBeUndefined()
  })

  it('tells positions in the order in which jobs will be taken, and never a higher one', async () => {
    const queue = createMemoryQueue({ capacity: 100 })
    const started: { readonly name: string; readonly finish: () => void }[] = []
    queue.consume(
      ({ jobId: name }) =>
        new Promise((resolve) => {
          started.push({ name, finish: () => resolve(result) })
        }),
      1,
    )
    const positions = new Map<string, number[]>()
    const answers = new Map<string, Promise<ExecutionResult>>()
    for (const name of ['x0', 'a1', 'a2', 'a3', 'b1', 'b2']) {
      const own: number[] = []
      const onEvent = (event: ExecutionEvent): void => {
        if (event.type === 'queued') own.push(event.position)
      }
      positions.set(name, own)
      answers.set(name, queue.submit({ ...request, jobId: name }, { clientKey: name.slice(0, 1), onEvent }))
    }
    for (let index = 0; index < answers.size; index++) {
      started[index]?.finish()
      await answers.get(started[index]?.name ?? '')
    }
    expect(started.map(({ name }) => name)).toEqual(['x0', 'a1', 'b1', 'a2', 'b2', 'a3'])
    expect(positions.get('a1')).toEqual([1])
    expect(positions.get('a2')).toEqual([2, 1])
    expect(positions.get('b1')).toEqual([2, 1])
    expect(positions.get('b2')).toEqual([4, 3, 2, 1])
    expect(positions.get('a3')).toEqual([3, 2, 1])
  })
})

describe('FairLine', () => {
  it('agrees with its own forecast, whatever joins and leaves', () => {
    const line = new FairLine<string>()
    const places = ['a1', 'b1', 'a2', 'c1', 'a3', 'b2', 'd1'].map((name) => line.join(name.slice(0, 1), name))
    line.take()
    for (const place of places) if (['c1', 'b2'].includes(place.value)) line.leave(place)
    line.join('b', 'b3')
    line.join('e', 'e1')
    const forecast = Array.from(line.inOrder())
    const taken: string[] = []
    for (let value = line.take(); value !== undefined; value = line.take()) taken.push(value)
    expect(taken).toEqual(forecast)
    expect(taken).toEqual(['b1', 'd1', 'a2', 'e1', 'b3', 'a3'])
    expect(line.length).toBe(0)
    expect(Array.from(line.inOrder())).toEqual([])
  })

  it('bounds how many are taken before a place', () => {
    const line = new FairLine<string>()
    for (const name of ['a1', 'a2', 'a3', 'b1']) line.join(name.slice(0, 1), name)
    expect(line.mostBefore(line.join('c', 'c1'))).toBe(2)
    expect(line.mostBefore(line.join('b', 'b2'))).toBe(5)
  })

  it('is empty when its only place is left', () => {
    const line = new FairLine<string>()
    line.leave(line.join('a', 'a1'))
    expect(line.take()).toBeUndefined()
    expect(line.length).toBe(0)
  })
})

describe('ServiceTime', () => {
  it('guesses a second a job until one has ended', () => {
    expect(new ServiceTime().secondsFor(10, 2)).toBe(5)
  })

  it('follows the last jobs', () => {
    const time = new ServiceTime()
    time.record(100)
    expect(time.secondsFor(100, 2)).toBe(5)
    for (let index = 0; index < 60; index++) time.record(10)
    expect(time.secondsFor(100, 2)).toBe(1)
  })

  it('stays within 1 and 60', () => {
    const time = new ServiceTime()
    time.record(1)
    expect(time.secondsFor(0, 4)).toBe(1)
    time.record(1_000_000)
    expect(time.secondsFor(1000, 1)).toBe(60)
  })
})
