/**
 * How much of what has happened to a submission is kept for those who come late. The oldest goes first; the record has
 * all of it in the end. Of many submissions at once each gets the same part, so that all of them are bounded together.
 */
import type { SubmissionEvent } from './event-stream.js'

const HISTORY_BYTES = 256 * 1024
/** Of all submissions that one process follows. */
const ALL_HISTORIES_BYTES = 64 * 2 ** 20
/** What an event costs beside its text. */
const EVENT_BYTES = 128

export function keptBytes(histories: number): number {
  return Math.min(HISTORY_BYTES, Math.floor(ALL_HISTORIES_BYTES / Math.max(1, histories)))
}

export function eventBytes(event: SubmissionEvent): number {
  if ('data' in event) return EVENT_BYTES + Buffer.byteLength(event.data)
  return EVENT_BYTES + (event.type === 'analysis' ? JSON.stringify(event.analysis).length : 0)
}
