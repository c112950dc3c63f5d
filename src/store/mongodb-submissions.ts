/** Submissions in MongoDB: a document from the start, and another one that ends it. */
import { randomUUID } from 'node:crypto'
import type { AnalysisReport } from '../contract/analysis.js'
import { decode, encode } from './encoding.js'
import type { Collections, EndingDocument, SubmissionDocument } from './mongodb-documents.js'
import { insertedOnce } from './mongodb-insert.js'
import type {
  NewSubmission,
  SubmissionEnding,
  SubmissionHead,
  SubmissionRecord,
  UnfinishedSubmission,
} from './records.js'

/** Where what is written here has to fit. */
interface Room {
  require(all: Collections, bytes: number): Promise<void>
  added(all: Collections, owner: string | undefined, bytes: number): Promise<void>
}

export function toDocument(
  submission: NewSubmission,
  owner: string,
  requestPieces: number,
  bytes: number,
): SubmissionDocument {
  const { jobId, key, createdAtMs, request, saveMetric, analyze, callbackUrl } = submission
  return {
    _id: jobId,
    key,
    language: request.language,
    status: 'queued',
    unfinished: true,
    attempts: 0,
    createdAtMs,
    startedAtMs: null,
    saveMetric,
    analyze,
    callbackUrl,
    requestPieces,
    owner,
    bytes,
  }
}

export async function readSubmission(
  jobId: string,
  collections: Collections,
): Promise<SubmissionRecord | undefined> {
  const found = await readEnding(jobId, collections)
  if (found === undefined) return undefined
  const { head, ending } = found
  const body = async <T>(field: string, pieces = 0): Promise<T | null> => {
    if (ending === null || pieces === 0) return null
    const bytes = await collections.bodies.read(jobId, `${field}-${ending.version}`, pieces)
    return bytes ? decode<T>(bytes) : null
  }
  return {
    ...head,
    result: await body('result', ending?.resultPieces),
    analysis: await body('analysis', ending?.analysisPieces),
  }
}

export async function readSubmissionHead(
  jobId: string,
  collections: Collections,
): Promise<SubmissionHead | undefined> {
  return (await readEnding(jobId, collections))?.head
}

async function readEnding(
  jobId: string,
  { submissions, endings, callbacks }: Collections,
): Promise<{ head: SubmissionHead; ending: EndingDocument | null } | undefined> {
  const document = await submissions.findOne({ _id: jobId })
  if (document === null) return undefined
  const ending = await endings.findOne({ _id: jobId })
  const callback = ending && document.callbackUrl !== null ? await callbacks.findOne({ _id: jobId }) : null
  const head = {
    jobId,
    key: document.key,
    language: document.language,
    status: ending?.status ?? document.status,
    attempts: document.attempts,
    createdAtMs: document.createdAtMs,
    startedAtMs: document.startedAtMs,
    finishedAtMs: ending?.finishedAtMs ?? null,
    saveMetric: document.saveMetric,
    analyze: document.analyze,
    callbackUrl: document.callbackUrl,
    callback:
      document.callbackUrl === null
        ? null
        : { outcome: callback?.outcome ?? 'waiting', attempts: callback?.attempts ?? 0 },
  } as const
  return { head, ending }
}

export async function endSubmission(
  jobId: string,
  { status, finishedAtMs, result, analysis }: SubmissionEnding,
  all: Collections,
  room: Room,
): Promise<boolean> {
  const { submissions, endings, callbacks, bodies } = all
  const document = await submissions.findOne({ _id: jobId })
  if (document === null || (await endings.findOne({ _id: jobId })) !== null) return false
  const version = randomUUID()
  const [resultBody, analysisBody] = [result && (await encode(result)), analysis && (await encode(analysis))]
  const bytes = (resultBody?.length ?? 0) + (analysisBody?.length ?? 0)
  await room.require(all, bytes)
  const write = async (field: string, body: Uint8Array | null): Promise<number> =>
    body === null ? 0 : bodies.write(jobId, `${field}-${version}`, body)
  const resultPieces = await write('result', resultBody)
  const analysisPieces = await write('analysis', analysisBody)
  if (document.callbackUrl !== null) {
    // Before the ending, or an interruption in between would lose it.
    await insertedOnce(callbacks, {
      _id: jobId,
      url: document.callbackUrl,
      outcome: 'waiting',
      attempts: 0,
      atMs: finishedAtMs,
    })
  }
  const { owner, bytes: requestBytes } = document
  const held = { ...(owner !== undefined && { owner }), bytes, requestBytes }
  const ending = { _id: jobId, status, finishedAtMs, resultPieces, analysisPieces, version, ...held }
  const isFirst = await insertedOnce(endings, ending)
  await submissions.updateOne({ _id: jobId }, { $set: { unfinished: false } })
  if (isFirst) await room.added(all, owner, bytes)
  else await removeBodies(all, jobId, version, { resultPieces, analysisPieces })
  return isFirst
}

/** Of who was late: another one has ended it meanwhile. */
async function removeBodies(
  { bodies }: Collections,
  jobId: string,
  version: string,
  { resultPieces, analysisPieces }: Pick<EndingDocument, 'resultPieces' | 'analysisPieces'>,
): Promise<void> {
  await bodies.removeField(jobId, `result-${version}`, resultPieces)
  await bodies.removeField(jobId, `analysis-${version}`, analysisPieces)
}

export async function addAnalysis(
  jobId: string,
  analysis: AnalysisReport,
  all: Collections,
  room: Room,
): Promise<void> {
  const { endings, bodies } = all
  const ending = await endings.findOne({ _id: jobId })
  if (ending === null || ending.analysisPieces > 0) return
  const body = await encode(analysis)
  await room.require(all, body.length)
  const analysisPieces = await bodies.write(jobId, `analysis-${ending.version}`, body)
  await endings.updateOne({ _id: jobId }, { $set: { analysisPieces }, $inc: { bytes: body.length } })
}

export async function listUnfinished(
  limit: number,
  after: Pick<UnfinishedSubmission, 'createdAtMs' | 'jobId'> | undefined,
  { submissions, endings }: Collections,
): Promise<readonly UnfinishedSubmission[]> {
  const { createdAtMs, jobId } = after ?? { createdAtMs: -1, jobId: '' }
  const documents = await submissions
    .find({
      unfinished: true,
      $or: [{ createdAtMs: { $gt: createdAtMs } }, { createdAtMs, _id: { $gt: jobId } }],
    })
    .sort({ createdAtMs: 1, _id: 1 })
    .limit(limit)
    .toArray()
  const ended = await endings.find({ _id: { $in: documents.map(({ _id }) => _id) } }).toArray()
  const endedIds = new Set(ended.map(({ _id }) => _id))
  await submissions.updateMany({ _id: { $in: [...endedIds] } }, { $set: { unfinished: false } })
  return documents
    .filter(({ _id }) => !endedIds.has(_id))
    .map(({ _id, createdAtMs: sinceMs, status, attempts }) => ({
      jobId: _id,
      createdAtMs: sinceMs,
      status,
      attempts,
    }))
}

export async function removeSubmissions(
  { submissions, endings, callbacks, bodies }: Collections,
  jobIds: readonly string[],
): Promise<void> {
  const ids = { _id: { $in: [...jobIds] } }
  await submissions.deleteMany(ids)
  await callbacks.deleteMany(ids)
  await bodies.remove(jobIds)
  // Last: it is what the pruner finds the others by.
  await endings.deleteMany(ids)
}
