import { describe, expect, it } from 'vitest'

import { IdleRoom } from '../idle-room.js'
import type { QueueBench } from './harness.js'

const room = (): IdleRoom => new IdleRoom({ programs: 8, memoryBytes: 1e6 })

/** How clients share what is held: slots, and the room of programs that use no CPU. */
export function sharingSlots(bench: () => QueueBench): void {
  const submit = (jobId: string): Promise<unknown> => bench().submit(jobId, { clientKey: jobId.slice(0, 1) })
  const finishAll = async (count: number): Promise<void> => {
    await bench().finishInOrder(count)
  }

  describe('sharing', () => {
    it('starts another client’s job beside those of one that holds all slots', async () => {
      bench().queue.consume(bench().jobs.handler, 2, { beyond: 1 })
      const answers = [submit('a1'), submit('a2')]
      await bench().jobs.untilStarted(2)
      answers.push(submit('a3'), submit('b1'))
      await bench().jobs.untilStarted(3)
      expect(bench().jobs.started).toEqual(['a1', 'a2', 'b1'])
      await finishAll(4)
      await Promise.all(answers)
      expect(bench().jobs.started).toEqual(['a1', 'a2', 'b1', 'a3'])
    })

    it('gives the slot that becomes free to whoever is below its share', async () => {
      bench().queue.consume(bench().jobs.handler, 2)
      const answers = [submit('a1'), submit('a2')]
      await bench().jobs.untilStarted(2)
      answers.push(submit('a3'), submit('b1'))
      bench().jobs.finish('a1')
      await bench().jobs.untilStarted(3)
      expect(bench().jobs.started).toEqual(['a1', 'a2', 'b1'])
      await finishAll(4)
      await Promise.all(answers)
    })

    it('starts another job when a program begins to wait', async () => {
      const consumer = bench().queue.consume(bench().jobs.handler, 1, { idleRoom: room() })
      const answers = [submit('a1')]
      await bench().jobs.untilStarted(1)
      answers.push(submit('a2'), submit('b1'))
      bench().jobs.contexts.get('a1')?.onActivity?.(false)
      await bench().jobs.untilStarted(2)
      expect(consumer.load()).toEqual({ busy: 1, idle: 1 })
      bench().jobs.contexts.get('a1')?.onActivity?.(true)
      expect(consumer.load()).toEqual({ busy: 2, idle: 0 })
      bench().jobs.finish('a2')
      bench().jobs.finish('a1')
      await finishAll(3)
      await Promise.all(answers)
      expect(bench().jobs.started).toEqual(['a1', 'a2', 'b1'])
      await expect.poll(() => consumer.load()).toEqual({ busy: 0, idle: 0 })
    })

    it('lets a client wait for its own programs that wait, and nobody else', async () => {
      const idleRoom = new IdleRoom({ programs: 2, memoryBytes: 1e6 })
      bench().queue.consume(bench().jobs.handler, 1, { idleRoom })
      const answers = [submit('a1')]
      await bench().jobs.untilStarted(1)
      bench().jobs.contexts.get('a1')?.onActivity?.(false)
      answers.push(submit('a2'), submit('b1'))
      await bench().jobs.untilStarted(2)
      expect(bench().jobs.started).toEqual(['a1', 'b1'])
      bench().jobs.finish('b1')
      await answers[2]
      expect(bench().jobs.started).toEqual(['a1', 'b1'])
      bench().jobs.finish('a1')
      await finishAll(3)
      await Promise.all(answers)
      expect(bench().jobs.started).toEqual(['a1', 'b1', 'a2'])
    })

    it('counts the clients that wait', async () => {
      await bench().withBusySlot()
      const answers = ['a1', 'a2', 'b1'].map((jobId) => submit(jobId))
      await expect.poll(() => bench().queue.stats().waitingClients, { timeout: 5000 }).toBe(2)
      await finishAll(4)
      await Promise.all(answers)
    })
  })
}
