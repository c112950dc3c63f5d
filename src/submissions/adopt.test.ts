import { afterEach, beforeEach, expect, it } from 'vitest'
import { FollowedElsewhere } from '../queue/job-queue.js'
import { submissionOf } from '../store/conformance.js'
import { openTestStore } from '../store/test-support.js'
import type { TestStore } from '../store/test-support.js'
import type { NewSubmission } from '../store/records.js'
import { adoptSubmissions } from './recover.js'

const NOW_MS = 100_000
const LONG_AGO_MS = 1000

let test: TestStore
let asked: string[]
let adopted: string[]

beforeEach(async () => {
  test = await openTestStore()
  asked = []
  adopted = []
})
afterEach(() => test.dispose())

async function adopt(
  { unattended, live = [] }: { readonly unattended: readonly string[]; readonly live?: readonly string[] },
  enqueue = ({ jobId }: NewSubmission): Promise<void> => {
    adopted.push(jobId)
    return Promise.resolve()
  },
): Promise<void> {
  await adoptSubmissions({
    store: test.store,
    clock: () => NOW_MS,
    isLive: (jobId) => live.includes(jobId),
    enqueue,
    queue: {
      unattended: (jobIds) => {
        asked.push(...jobIds)
        return Promise.resolve(jobIds.filter((jobId) => unattended.includes(jobId)))
      },
    },
  })
}

async function added(own: Partial<NewSubmission> = {}): Promise<string> {
  const submission = submissionOf({ createdAtMs: LONG_AGO_MS, ...own })
  await test.store.addSubmissions([submission], 'client')
  return submission.jobId
}

it('goes on with what nobody follows, and asks only of what others may have left', async () => {
  const [left, followed, own] = [await added(), await added(), await added()]
  const young = await added({ createdAtMs: NOW_MS - 1000 })
  const ended = await added()
  await test.store.finishSubmission(ended, {
    status: 'cancelled',
    finishedAtMs: NOW_MS,
    result: null,
    analysis: null,
  })
  await adopt({ unattended: [left, young, ended, own], live: [own] })
  expect(asked.toSorted()).toEqual([left, followed].toSorted())
  expect(adopted).toEqual([left])
})

it('leaves what another process was quicker to take', async () => {
  const [first, second] = [await added(), await added()]
  const tried: string[] = []
  await adopt({ unattended: [first, second] }, ({ jobId }) => {
    tried.push(jobId)
    return Promise.reject(new FollowedElsewhere('taken'))
  })
  expect(tried.toSorted()).toEqual([first, second].toSorted())
})
