/**
 * Ids of submissions: the only key to them. The first half names the job, and may stand in a log; the second half is
 * a secret of 128 random bits that only the client and the store have.
 */
import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto'

const JOB_BYTES = 16
const KEY_BYTES = 16
const ID_PATTERN = /^[\w-]{43}$/

export interface SubmissionId {
  readonly jobId: string
  readonly key: string
}

export function newSubmissionId(jobId: string = randomUUID()): SubmissionId {
  return { jobId, key: randomBytes(KEY_BYTES).toString('base64url') }
}

/** The id as clients see it. */
export function formatId({ jobId, key }: SubmissionId): string {
  const job = Buffer.from(jobId.replaceAll('-', ''), 'hex')
  return Buffer.concat([job, Buffer.from(key, 'base64url')]).toString('base64url')
}

/** Undefined for what cannot be an id of ours. */
export function parseId(id: string): SubmissionId | undefined {
  if (!ID_PATTERN.test(id)) return undefined
  const bytes = Buffer.from(id, 'base64url')
  const hex = bytes.subarray(0, JOB_BYTES).toString('hex')
  return { jobId: asUuid(hex), key: bytes.subarray(JOB_BYTES).toString('base64url') }
}

/**
 * The key to the record that a submission with `saveMetric` leaves: always the same, since the record may have to be
 * written twice, and nothing that whoever has seen the log could find.
 */
export function savedExecutionId({ jobId, key }: SubmissionId): string {
  const bytes = createHash('sha256').update(`saved execution/${jobId}/${key}`).digest()
  // RFC 9562: version 8, made in a way of our own.
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  return asUuid(bytes.toString('hex', 0, 16))
}

function asUuid(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** Takes the same time wherever the keys differ. */
export function isSameKey(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)]
  return a.length === b.length && timingSafeEqual(a, b)
}
