import { EventEmitter, once } from 'node:events'
import { describe, expect, it } from 'vitest'

import type { ExecutionEvent } from '../../contract/events.js'
import type { ProgramInput } from '../../contract/program-input.js'
import { InputChannel } from '../input-channel.js'
import type { QueueBench } from './harness.js'
import { LONG_MS, resultOf } from './harness.js'

function failing(): Promise<void> {
  return Promise.reject(new Error('observer broke'))
}

function throwing(): never {
  throw new Error('observer broke')
}

/** What jobs tell before their end, and ends that others bring about: aborting, draining. */
export function endingJobs(bench: () => QueueBench): void {
  describe('aborting', () => {
    it('refuses a job whose signal is aborted already', async () => {
      bench().queue.consume(bench().jobs.handler, 1)
      await expect(bench().submit('a', { signal: AbortSignal.abort(new Error('gone')) })).rejects.toThrow(
        'gone',
      )
      expect(bench().jobs.started).toEqual([])
    })

    it('removes a waiting job, frees its place and leaves the others', async () => {
      await bench().withBusySlot()
      const aborter = new AbortController()
      const before = bench().submit('before')
      const aborted = bench().submit('aborted', { signal: aborter.signal })
      const after = bench().submit('after')
      aborter.abort(new Error('client gone'))
      await expect(aborted).rejects.toThrow('client gone')
      expect(bench().queue.stats()).toMatchObject({ queued: 2, running: 1 })
      await bench().finishInOrder(3)
      await Promise.all([before, after])
      expect(bench().jobs.started).toEqual(['first', 'before', 'after'])
    })

    it('tells a running job, whose own answer stands', async () => {
      bench().queue.consume(bench().jobs.handler, 1)
      const aborter = new AbortController()
      const answer = bench().submit('a', { signal: aborter.signal })
      await bench().jobs.untilStarted(1)
      aborter.abort()
      expect(await answer).toEqual(resultOf('a', 'cancelled'))
      expect(bench().jobs.contexts.get('a')?.signal.aborted).toBe(true)
      expect(bench().queue.stats()).toMatchObject({ queued: 0, running: 0 })
    })

    it('does nothing after the answer', async () => {
      bench().queue.consume(bench().jobs.handler, 1)
      const aborter = new AbortController()
      const answer = bench().submit('a', { signal: aborter.signal })
      await bench().finishInOrder(1)
      expect(await answer).toEqual(resultOf('a'))
      aborter.abort()
      expect(bench().jobs.contexts.get('a')?.signal.aborted).toBe(false)
    })
  })

  describe('events', () => {
    const started = { type: 'stage-started', stage: 'run' } as const
    const output = {
      type: 'output',
      stage: 'run',
      stream: 'stdout',
      chunk: Uint8Array.from([1, 0, 255]),
    } as const

    it('reach their own submitter, in order, before the answer', async () => {
      bench().queue.consume(bench().jobs.handler, 2)
      const seen = { a: [] as ExecutionEvent[], b: [] as ExecutionEvent[] }
      const answers = (['a', 'b'] as const).map((jobId) =>
        bench().submit(jobId, { onEvent: (event) => void seen[jobId].push(event) }),
      )
      await bench().jobs.untilStarted(2)
      void bench().jobs.contexts.get('a')?.emit(started)
      void bench().jobs.contexts.get('b')?.emit(started)
      void bench().jobs.contexts.get('a')?.emit(output)
      bench().jobs.finish('a')
      await answers[0]
      expect(seen.a.filter((event) => event.type !== 'queued')).toEqual([started, output])
      bench().jobs.finish('b')
      await answers[1]
      expect(seen.b.filter((event) => event.type !== 'queued')).toEqual([started])
    })

    it('say whether anyone follows', async () => {
      bench().queue.consume(bench().jobs.handler, 2)
      const answers = [bench().submit('alone'), bench().submit('followed', { onEvent: () => {} })]
      await bench().finishInOrder(2)
      await Promise.all(answers)
      expect(bench().jobs.contexts.get('alone')?.followed).toBe(false)
      expect(bench().jobs.contexts.get('followed')?.followed).toBe(true)
    })

    it('tell a waiting job its position, falling to 1', async () => {
      await bench().withBusySlot()
      const positions: number[] = []
      const answers = [bench().submit('a'), bench().submit('b')]
      const onEvent = (event: ExecutionEvent): void => {
        if (event.type === 'queued') positions.push(event.position)
      }
      answers.push(bench().submit('c', { onEvent }))
      await bench().finishInOrder(4)
      await Promise.all(answers)
      expect(positions).toEqual([3, 2, 1])
    })

    it('let their observer keep the handler waiting', async () => {
      bench().queue.consume(bench().jobs.handler, 1)
      const reader = new EventEmitter()
      const reads = once(reader, 'reads').then(() => undefined)
      const onEvent = (event: ExecutionEvent): Promise<void> | void =>
        event.type === 'output' ? reads : undefined
      const answer = bench().submit('slow', { onEvent })
      await bench().jobs.untilStarted(1)
      const { emit } = bench().jobs.contexts.get('slow') ?? { emit: () => {} }
      let taken = 0
      const chunk = new Uint8Array(65_536)
      // Some may be under way; 16 MiB may not.
      const emitted = Array.from({ length: 256 }, async () => {
        await emit({ ...output, chunk })
        taken++
      })
      await new Promise((resolve) => {
        setTimeout(resolve, 50)
      })
      expect(taken).toBeLessThan(256)
      reader.emit('reads')
      await Promise.all(emitted)
      bench().jobs.finish('slow')
      await answer
    })

    it('carry what is said to a job the other way, in order, until it ends', async () => {
      const input = new InputChannel()
      void input.send({ type: 'stdin', data: 'early' })
      const answer = bench().submit('talker', { input })
      bench().queue.consume(bench().jobs.handler, 1)
      await bench().jobs.untilStarted(1)
      const heard: ProgramInput[] = []
      bench()
        .jobs.contexts.get('talker')
        ?.input?.attach((said) => void heard.push(said))
      await input.send({ type: 'signal', signal: 'SIGINT' })
      expect(heard).toEqual([
        { type: 'stdin', data: 'early' },
        { type: 'signal', signal: 'SIGINT' },
      ])
      bench().jobs.finish('talker')
      await answer
      await input.send({ type: 'stdin-end' })
      expect(heard).toHaveLength(2)
    })

    it('of an observer that fails later end its own job too', async () => {
      bench().queue.consume(bench().jobs.handler, 1)
      const answer = bench().submit('broken', { onEvent: failing })
      await bench().jobs.untilStarted(1)
      await bench().jobs.contexts.get('broken')?.emit(output)
      await expect(answer).rejects.toThrow('observer broke')
    })

    it('of an observer that throws end its own job only', async () => {
      bench().queue.consume(bench().jobs.handler, 2)
      const broken = bench().submit('broken', { onEvent: throwing })
      const sound = bench().submit('sound')
      await bench().jobs.untilStarted(2)
      void bench().jobs.contexts.get('broken')?.emit(started)
      await expect(broken).rejects.toThrow('observer broke')
      bench().jobs.finish('sound')
      expect(await sound).toEqual(resultOf('sound'))
    })
  })

  describe('stopping', () => {
    it('refuses new jobs once closed, and finishes those it has', async () => {
      const { first } = await bench().withBusySlot()
      const waiting = bench().submit('waiting')
      await bench().queue.close()
      await expect(bench().submit('late')).rejects.toMatchObject({ code: 'SHUTTING_DOWN', status: 503 })
      await bench().finishInOrder(2)
      expect((await first).status).toBe('succeeded')
      expect(await waiting).toEqual(resultOf('waiting'))
    })

    it('drains: finishes what runs and what waits, then resolves', async () => {
      const { consumer, first } = await bench().withBusySlot()
      const waiting = bench().submit('waiting')
      await bench().queue.close()
      const drained = consumer.drain(LONG_MS)
      await bench().finishInOrder(2)
      await drained
      expect((await first).status).toBe('succeeded')
      expect(await waiting).toEqual(resultOf('waiting'))
      expect(bench().queue.stats()).toMatchObject({ queued: 0, running: 0 })
    })

    it('drains at once when there is nothing to do', async () => {
      const consumer = bench().queue.consume(bench().jobs.handler, 1)
      await bench().queue.close()
      await consumer.drain(LONG_MS)
      expect(bench().jobs.started).toEqual([])
    })

    it('ends what is left at the deadline, and reports it as SHUTTING_DOWN', async () => {
      const { consumer, first } = await bench().withBusySlot()
      const waiting = bench().submit('waiting')
      await bench().queue.close()
      const answers = Promise.allSettled([first, waiting])
      await consumer.drain(0)
      const [ofFirst, ofWaiting] = await answers
      expect(ofFirst).toMatchObject({ status: 'rejected', reason: { code: 'SHUTTING_DOWN' } })
      expect(ofWaiting).toMatchObject({ status: 'rejected', reason: { code: 'SHUTTING_DOWN' } })
      expect(bench().jobs.started).toEqual(['first'])
      expect(bench().jobs.running).toBe(0)
      expect(bench().queue.stats()).toMatchObject({ queued: 0, running: 0 })
    })
  })
}
