/** The documents of the MongoDB store. Bodies (request, result, analysis…) are in `bodies`, in so many pieces each. */
import type { Collection, Db } from 'mongodb'
import { Bodies } from './mongodb-bodies.js'
import type { CallbackOutcome } from './records.js'

/** What a record takes and whose it is; those from before there were owners have none. */
export interface Owned {
  readonly owner?: string
  /** With what a record takes beside its bodies. */
  readonly bytes: number
  /** Of the request, where that is a document of its own. */
  readonly requestBytes?: number
}

/** A submission until it ends; its end is a document of its own. */
export interface SubmissionDocument extends Owned {
  readonly _id: string
  readonly key: string
  readonly language: string
  readonly status: 'queued' | 'running'
  /** Set false after it ended; an interruption may leave it true, the ending decides. */
  readonly unfinished: boolean
  readonly attempts: number
  readonly createdAtMs: number
  readonly startedAtMs: number | null
  readonly saveMetric: boolean
  readonly analyze: boolean
  readonly callbackUrl: string | null
  readonly requestPieces: number
}

/** How a submission ended. Inserting it ends the submission: of several who try, one can. */
export interface EndingDocument extends Owned {
  readonly _id: string
  readonly status: 'finished' | 'cancelled'
  readonly finishedAtMs: number
  readonly resultPieces: number
  readonly analysisPieces: number
  /** Part of the names of its bodies, so that those who were late have not written into them. */
  readonly version: string
}

/** The callback of a submission that has ended. */
export interface CallbackDocument {
  readonly _id: string
  readonly url: string
  readonly outcome: CallbackOutcome
  readonly attempts: number
  /** When the next delivery is due; null when there will be none. */
  readonly atMs: number | null
}

/** Whoever inserted it has it, until it is deleted or its time has passed. */
export interface LeaseDocument {
  readonly _id: string
  readonly untilMs: number
}

export interface ExecutionDocument extends Owned {
  readonly _id: string
  readonly createdAtMs: number
  readonly language: string
  readonly status: string
  readonly timeBucket: number
  readonly memoryBucket: number
  readonly pieces: number
}

export interface CountDocument {
  /** `language/measure/bucket`. */
  readonly _id: string
  readonly language: string
  readonly measure: 'status' | 'time' | 'memory'
  readonly bucket: string
  readonly count: number
}

export interface ShareDocument extends Owned {
  readonly _id: string
  readonly createdAtMs: number
  readonly expiresAtMs: number
  readonly pieces: number
}

export interface SettingDocument {
  readonly _id: string
  readonly value: string
}

export interface Collections {
  readonly submissions: Collection<SubmissionDocument>
  readonly endings: Collection<EndingDocument>
  readonly callbacks: Collection<CallbackDocument>
  readonly executions: Collection<ExecutionDocument>
  readonly counts: Collection<CountDocument>
  readonly shares: Collection<ShareDocument>
  readonly settings: Collection<SettingDocument>
  readonly leases: Collection<LeaseDocument>
  readonly bodies: Bodies
}

export function collectionsOf(database: Db): Collections {
  return {
    submissions: database.collection('submissions'),
    endings: database.collection('endings'),
    callbacks: database.collection('callbacks'),
    executions: database.collection('executions'),
    counts: database.collection('executionCounts'),
    shares: database.collection('shares'),
    settings: database.collection('settings'),
    leases: database.collection('leases'),
    bodies: new Bodies(database.collection('bodies')),
  }
}

export async function createIndexes(collections: Collections): Promise<void> {
  const { submissions, endings, callbacks, executions, shares, bodies } = collections
  await submissions.createIndex({ unfinished: 1, createdAtMs: 1, _id: 1 })
  await submissions.createIndex({ owner: 1, unfinished: 1 })
  await endings.createIndex({ finishedAtMs: 1 })
  await endings.createIndex({ owner: 1, finishedAtMs: 1 })
  await callbacks.createIndex({ atMs: 1 })
  await executions.createIndex({ createdAtMs: 1 })
  await executions.createIndex({ owner: 1, createdAtMs: 1 })
  await shares.createIndex({ expiresAtMs: 1 })
  await shares.createIndex({ owner: 1, createdAtMs: 1 })
  await bodies.prepare()
}
