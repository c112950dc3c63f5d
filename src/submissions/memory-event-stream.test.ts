import { describe, expect, it } from 'vitest'
import type { SubmissionEvent } from './event-stream.js'
import { createMemoryEventStream } from './memory-event-stream.js'

const KIB = 1024
const never = new AbortController().signal
const stdout = (data: string): SubmissionEvent => ({ type: 'stdout', stage: 'run', data })

async function historyOf(stream: ReturnType<typeof createMemoryEventStream>, jobId: string) {
  const events: SubmissionEvent[] = []
  for await (const { event } of (await stream.follow(jobId, undefined, never)) ?? []) events.push(event)
  return events
}

function bytesOf(events: readonly SubmissionEvent[]): number {
  return events.reduce((sum, event) => sum + ('data' in event ? Buffer.byteLength(event.data) : 0), 0)
}

describe('the history of a submission', () => {
  it('is bounded in bytes, not in characters, and its oldest output goes first', async () => {
    const stream = createMemoryEventStream()
    for (let index = 0; index < 100; index++) stream.publish('a', stdout('€'.repeat(4 * KIB) + String(index)))
    stream.publish('a', { type: 'result' })
    stream.end('a')
    const events = await historyOf(stream, 'a')
    expect(events.at(-1)).toEqual({ type: 'result' })
    expect(events.at(-2)).toEqual(stdout(`${'€'.repeat(4 * KIB)}99`))
    expect(bytesOf(events)).toBeGreaterThan(200 * KIB)
    expect(bytesOf(events)).toBeLessThanOrEqual(256 * KIB)
  })

  it('is bounded together with all others, each of which keeps the same part', async () => {
    const stream = createMemoryEventStream()
    const jobs = Array.from({ length: 1000 }, (_, index) => `job ${index}`)
    for (let round = 0; round < 8; round++)
      for (const jobId of jobs) stream.publish(jobId, stdout('x'.repeat(16 * KIB)))
    const leaving = new AbortController()
    let bytes = 0
    for (const jobId of jobs.slice(0, 100)) {
      stream.publish(jobId, { type: 'result' })
      for await (const { event } of (await stream.follow(jobId, undefined, leaving.signal)) ?? []) {
        bytes += bytesOf([event])
        if (event.type === 'result') break
      }
    }
    // 64 MiB for 1000 of them; each has published 128 KiB.
    expect(bytes / 100).toBeGreaterThan(32 * KIB)
    expect(bytes / 100).toBeLessThanOrEqual(66 * KIB)
  })
})
