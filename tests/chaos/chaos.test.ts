/** A thousand submissions while everything around them is killed and comes back. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createMongodbStore } from '../../src/store/mongodb.js'
import { AMPLE } from '../../src/store/limits.js'
import { metric } from '../e2e/support/client.js'
import { describeSplit, startSplit } from '../e2e/support/split.js'
import type { Split } from '../e2e/support/split.js'
import type { Acknowledged, Ended, Figures } from './submitter.js'
import { submitOne, untilEnded } from './submitter.js'
import { happen, plan, randomFrom } from './trouble.js'

const SUBMISSIONS = 1000
const CLIENTS = 12
/** Submissions are spread over the time in which things go wrong. */
const SPREAD_MS = 60_000
const PATIENCE = { timeout: 60_000, interval: 200 }

const seed = Number(process.env['CODEEXEC_CHAOS_SEED'] ?? Math.floor(Math.random() * 2 ** 31))

/** `3 × this, 4 × that`. */
function counted(words: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return Array.from(counts, ([word, count]) => `${count} × ${word}`).join(', ')
}

describeSplit(`a service in pieces, seed ${seed}`, () => {
  let split: Split

  beforeAll(async () => {
    split = await startSplit({ CODEEXEC_SLOTS: '2' }, { apis: 1, workers: 2, appendOnly: true })
  })
  afterAll(async () => {
    await split?.stop()
  })

  it('brings every acknowledged submission to one end', { timeout: 840_000 }, async () => {
    const random = randomFrom(seed)
    const api = () => split.apis.at(-1)
    const figures: Figures = { acknowledged: 0, refused: 0, unanswered: 0 }
    const startedMs = performance.now()
    const ends: Promise<Ended>[] = []
    const acknowledged: Acknowledged[] = []

    const sleeps = Array.from({ length: SUBMISSIONS }, () => random() * 0.1)
    let next = 0
    const client = async (): Promise<void> => {
      for (let number = next++; number < SUBMISSIONS; number = next++) {
        const dueMs = startedMs + (number / SUBMISSIONS) * SPREAD_MS
        await new Promise((resolve) => setTimeout(resolve, dueMs - performance.now()))
        const submission = await submitOne(number, sleeps[number] ?? 0, api, figures)
        acknowledged.push(submission)
        ends.push(untilEnded(submission.id, api))
      }
    }
    const clients = Promise.all(Array.from({ length: CLIENTS }, client))

    const troubles = plan(random)
    for (const trouble of troubles) {
      await new Promise((resolve) => setTimeout(resolve, (random() * 1.5 * SPREAD_MS) / troubles.length / 2))
      await happen(trouble, split, random)
    }
    const troubledSeconds = (performance.now() - startedMs) / 1000
    await clients
    const submittedSeconds = (performance.now() - startedMs) / 1000
    const records = await Promise.all(ends)
    const tookSeconds = (performance.now() - startedMs) / 1000

    const verdicts = records.map(({ result }) => result?.runTimeStatus ?? 'none')
    process.stdout.write(
      `chaos  seed ${seed}: ${counted(troubles)}\n` +
        `chaos  ${figures.acknowledged} acknowledged (${figures.refused} refused and ${figures.unanswered} unanswered before)\n` +
        `chaos  ${records.length} ended, after ${troubledSeconds.toFixed(0)} s of trouble, ` +
        `${submittedSeconds.toFixed(0)} s of submitting, ${tookSeconds.toFixed(0)} s in all: ${counted(verdicts)}\n`,
    )

    expect(new Set(records.map(({ id }) => id)).size).toBe(SUBMISSIONS)
    expect(records.filter(({ status }) => status !== 'finished')).toEqual([])
    const known = new Set(['succeeded', 'internal_error'])
    expect(verdicts.filter((verdict) => !known.has(verdict))).toEqual([])
    const outputs = new Map(acknowledged.map(({ id, expectedOutput }) => [id, expectedOutput]))
    const succeeded = records.filter(({ result }) => result?.runTimeStatus === 'succeeded')
    expect(succeeded.filter(({ id, result }) => result?.output !== outputs.get(id))).toEqual([])

    // Whoever was late with another end has not changed what clients were told.
    const again = await Promise.all(records.map(({ id }) => untilEnded(id, api)))
    expect(again).toEqual(records)

    // Nothing is left: not in the queue, and in the store nothing that was accepted without its client hearing of it.
    const service = api()
    if (service === undefined) throw new Error('there is no api')
    await expect.poll(() => metric(service, 'codeexec_queue_depth{queue="jobs"}'), PATIENCE).toBe(0)
    await expect.poll(() => metric(service, 'codeexec_executions_running'), PATIENCE).toBe(0)
    const store = createMongodbStore({ url: split.mongodbUrl, limits: AMPLE })
    await expect.poll(() => store.unfinishedSubmissions(10), PATIENCE).toEqual([])
    await store.close()
  })
})
