import { describe, expect, it } from 'vitest'

import { ServiceError } from '../../contract/errors.js'
import type { ExecutionEvent } from '../../contract/events.js'
import type { QueueBench } from './harness.js'
import { CAPACITY, requestOf, resultOf } from './harness.js'

/** Jobs that run to their end: answers, slots, order. */
export function runningJobs(bench: () => QueueBench): void {
  describe('jobs and answers', () => {
    it('hands the request over unchanged and gives the handler’s result back', async () => {
      bench().queue.consume(bench().jobs.handler, 1)
      const answer = bench().submit('a')
      await bench().finishInOrder(1)
      expect(await answer).toEqual(resultOf('a'))
      expect(bench().jobs.requests[0]).toEqual(requestOf('a'))
    })

    it('keeps jobs that come before the first consumer', async () => {
      const answer = bench().submit('early')
      bench().queue.consume(bench().jobs.handler, 1)
      await bench().finishInOrder(1)
      expect(await answer).toEqual(resultOf('early'))
    })

    it('gives each of many submitters its own answer', async () => {
      const many = await bench().make(1000)
      many.queue.consume((request) => Promise.resolve(resultOf(request.jobId)), 3)
      const names = Array.from({ length: 500 }, (_, index) => `job ${index}`)
      const answers = await Promise.all(
        names.map((jobId, index) =>
          many.queue.submit(requestOf(jobId), { clientKey: `client ${index % 7}` }),
        ),
      )
      expect(answers.map((answer) => answer.jobId)).toEqual(names)
      expect(many.queue.stats()).toMatchObject({ queued: 0, running: 0 })
      await many.dispose?.()
    })

    it('passes a ServiceError of the handler on with its code', async () => {
      bench().queue.consume(bench().jobs.handler, 1)
      const answer = bench().submit('a')
      await bench().jobs.untilStarted(1)
      bench().jobs.fail('a', new ServiceError('SANDBOX_UNAVAILABLE', 'no sandbox'))
      await expect(answer).rejects.toMatchObject({
        name: 'ServiceError',
        code: 'SANDBOX_UNAVAILABLE',
        message: 'no sandbox',
      })
    })

    it('turns any other error into INTERNAL_ERROR and tells the client nothing of it', async () => {
      bench().queue.consume(bench().jobs.handler, 1)
      const answer = bench().submit('a')
      await bench().jobs.untilStarted(1)
      bench().jobs.fail('a', new Error('secret path /var/lib'))
      await expect(answer).rejects.toMatchObject({
        code: 'INTERNAL_ERROR',
        message: expect.not.stringContaining('secret') as string,
      })
    })

    it('goes on after a job that failed', async () => {
      const { first } = await bench().withBusySlot()
      const second = bench().submit('second')
      bench().jobs.fail('first', new Error('broken'))
      await expect(first).rejects.toThrow(ServiceError)
      await bench().jobs.untilStarted(2)
      bench().jobs.finish('second')
      expect(await second).toEqual(resultOf('second'))
    })

    it('survives a handler that throws at once', async () => {
      bench().queue.consume(() => {
        throw new Error('broken')
      }, 1)
      await expect(bench().submit('a')).rejects.toMatchObject({ code: 'INTERNAL_ERROR' })
      await expect(bench().submit('b')).rejects.toMatchObject({ code: 'INTERNAL_ERROR' })
    })
  })

  describe('slots and places', () => {
    it('runs as many as it has slots, and starts the next when one ends', async () => {
      bench().queue.consume(bench().jobs.handler, 3)
      const answers = ['a', 'b', 'c', 'd', 'e'].map((jobId) => bench().submit(jobId))
      await bench().jobs.untilStarted(3)
      expect(bench().queue.stats()).toMatchObject({ queued: 2, running: 3, capacity: CAPACITY })
      await bench().finishInOrder(5)
      await Promise.all(answers)
      expect(bench().jobs.mostRunning).toBe(3)
      expect(bench().queue.stats()).toMatchObject({ queued: 0, running: 0, capacity: CAPACITY })
    })

    it('frees a slot before it answers', async () => {
      bench().queue.consume((request) => Promise.resolve(resultOf(request.jobId)), 1)
      for (let index = 0; index < 20; index++) {
        await bench().submit(String(index))
        expect(bench().queue.stats()).toMatchObject({ queued: 0, running: 0 })
      }
    })

    it('refuses with QUEUE_FULL and says when to come again', async () => {
      const { first } = await bench().withBusySlot()
      const waiting = Array.from({ length: CAPACITY }, (_, index) => bench().submit(`waiting ${index}`))
      const refusal: unknown = await bench()
        .submit('too many')
        .catch((error: unknown) => error)
      expect(refusal).toMatchObject({ code: 'QUEUE_FULL', status: 503 })
      expect((refusal as ServiceError).retryAfterSeconds).toBeGreaterThanOrEqual(1)
      expect(Number.isInteger((refusal as ServiceError).retryAfterSeconds)).toBe(true)
      expect(bench().queue.stats()).toMatchObject({ queued: CAPACITY, running: 1 })
      await bench().finishInOrder(CAPACITY + 1)
      await Promise.all([first, ...waiting])
      expect(bench().jobs.started).not.toContain('too many')
    })

    it('takes jobs again when there is room again', async () => {
      await bench().withBusySlot()
      const waiting = Array.from({ length: CAPACITY }, (_, index) => bench().submit(`waiting ${index}`))
      await expect(bench().submit('refused')).rejects.toMatchObject({ code: 'QUEUE_FULL' })
      bench().jobs.finish('first')
      await bench().jobs.untilStarted(2)
      const admitted = bench().submit('admitted')
      await bench().finishInOrder(CAPACITY + 2)
      await Promise.all(waiting)
      expect(await admitted).toEqual(resultOf('admitted'))
    })
  })

  describe('order', () => {
    it('keeps the order of one client', async () => {
      await bench().withBusySlot()
      const jobs = ['a', 'b', 'c', 'd']
      const answers = jobs.map((jobId) => bench().submit(jobId, { clientKey: 'one' }))
      await bench().finishInOrder(5)
      await Promise.all(answers)
      expect(bench().jobs.started).toEqual(['first', ...jobs])
    })

    it('lets clients take turns', async () => {
      await bench().withBusySlot()
      const answers = ['a1', 'a2', 'a3', 'a4', 'b1', 'c1', 'b2'].map((jobId) =>
        bench().submit(jobId, { clientKey: jobId.slice(0, 1) }),
      )
      await bench().finishInOrder(8)
      await Promise.all(answers)
      expect(bench().jobs.started).toEqual(['first', 'a1', 'b1', 'c1', 'a2', 'b2', 'a3', 'a4'])
    })

    it('takes what somebody waits for first, and every fourth time what nobody does', async () => {
      await bench().withBusySlot()
      const order = ['l1', 'l2', 'a1', 'a2', 'a3', 'a4']
      const answers = order.map((jobId) =>
        bench().submit(jobId, { priority: jobId.startsWith('l') ? 'later' : 'awaited' }),
      )
      await bench().finishInOrder(7)
      await Promise.all(answers)
      expect(bench().jobs.started).toEqual(['first', 'a1', 'a2', 'a3', 'l1', 'a4', 'l2'])
    })

    it('tells each its position among both', async () => {
      await bench().withBusySlot()
      const positions = new Map<string, number[]>()
      const follow = (jobId: string, priority: 'awaited' | 'later'): Promise<unknown> => {
        const told: number[] = []
        positions.set(jobId, told)
        const onEvent = (event: ExecutionEvent): void => {
          if (event.type === 'queued') told.push(event.position)
        }
        return bench().submit(jobId, { priority, onEvent })
      }
      const answers = [follow('a1', 'awaited'), follow('l1', 'later'), follow('a2', 'awaited')]
      await bench().finishInOrder(4)
      await Promise.all(answers)
      expect(bench().jobs.started).toEqual(['first', 'a1', 'a2', 'l1'])
      expect([positions.get('a1'), positions.get('a2')]).toEqual([[1], [2, 1]])
      // Somebody came between; a position never grows.
      expect(positions.get('l1')).toEqual([2, 1])
    })

    it('gives a client whose turn was just now the last one', async () => {
      await bench().withBusySlot()
      const answers = [
        bench().submit('a1', { clientKey: 'a' }),
        bench().submit('b1', { clientKey: 'b' }),
        bench().submit('b2', { clientKey: 'b' }),
      ]
      bench().jobs.finish('first')
      await bench().jobs.untilStarted(2)
      answers.push(bench().submit('a2', { clientKey: 'a' }))
      await bench().finishInOrder(5)
      await Promise.all(answers)
      expect(bench().jobs.started).toEqual(['first', 'a1', 'b1', 'a2', 'b2'])
    })
  })
}
