import type { IncomingMessage } from 'node:http'
import { setTimeout as setTimer } from 'node:timers'
import { setTimeout } from 'node:timers/promises'

/** As much is read of a body that is refused, and for as long, before the connection is closed on the client. */
const MAX_SKIPPED_BYTES = 64 * 2 ** 20
const MAX_SKIPPING_MS = 10_000

/** Between one piece of a body that is refused for want of room and the next. */
const SLOW_PAUSE_MS = 100

/**
 * Has the rest of a body come slowly, and drops it: many bodies that are refused at once would otherwise keep the
 * service busy with reading what it does not want.
 */
export function skipBodySlowly(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return
  request.on('data', () => {
    request.pause()
    setTimer(() => request.resume(), SLOW_PAUSE_MS).unref()
  })
}

/**
 * Reads the rest of a body and drops it. Closing a connection with unread data resets it, and a client that sends all
 * before it reads would see the reset instead of the answer.
 */
export async function skipBody(request: IncomingMessage): Promise<void> {
  if (request.complete || request.destroyed) return
  const deadline = new AbortController()
  const skipped = new Promise<void>((resolve) => {
    let skippedBytes = 0
    request.once('close', resolve).once('end', resolve)
    request.on('data', (chunk: Buffer) => {
      skippedBytes += chunk.length
      if (skippedBytes > MAX_SKIPPED_BYTES) resolve()
    })
  })
  const tooLate = setTimeout(MAX_SKIPPING_MS, undefined, { signal: deadline.signal }).catch(() => undefined)
  await Promise.race([skipped, tooLate])
  deadline.abort()
}
