/** Has the process become small again after it had to hold much: the engine, and the C library below it. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Bounds } from '../api/bounds/bounds.js'
import type { QueueStats } from '../queue/job-queue.js'
import { MEMORY_ADDON } from './places.js'

const LOOK_MS = 5000
/** So much more than after the last time is worth a collection, which stops the process for some milliseconds. */
const WORTH_BYTES = 24 * 2 ** 20
/** How often the process is found at rest before that. */
const CALM_LOOKS = 2

/** Requests in the queue that together have more are not worth collecting around: most of them is still needed. */
const LARGE_BYTES = 2 ** 20

/** Gives what is free back to the system; nothing where the addon is not built or the C library is another. */
const giveBack = loadAddon()

function loadAddon(): () => void {
  const addon: { exports: unknown } = { exports: {} }
  try {
    process.dlopen(addon, MEMORY_ADDON)
  } catch {
    return () => {}
  }
  return typeof addon.exports === 'function' ? (addon.exports as () => void) : () => {}
}

/**
 * Whether a collection now would find all that a storm has left. Collected while large programs wait, the rest of them
 * would be taken for what the process needs, and stay.
 */
export function holdsNothingLarge(
  bounds: Pick<Bounds, 'bodies' | 'answers'> | undefined,
  queue: Pick<QueueStats, 'bytes'>,
): boolean {
  return bounds?.bodies.used === 0 && bounds.answers.used === 0 && queue.bytes < LARGE_BYTES
}

/**
 * Collects garbage when much has piled up and nothing large is held any more: with nothing to do, the engine itself sees
 * no reason to. What it collects is freed by other threads a little later, so it is given back at the next look.
 * `isAtRest` tells whether nothing large is held.
 */
export function giveMemoryBack(isAtRest: () => boolean): void {
  setFlagsFromString('--expose-gc')
  const collectGarbage = runInNewContext('gc') as () => void
  let smallestBytes = process.memoryUsage.rss()
  let calm = 0
  let isCollected = false
  setInterval(() => {
    calm = isAtRest() ? calm + 1 : 0
    if (calm < CALM_LOOKS) {
      isCollected = false
    } else if (isCollected) {
      giveBack()
      smallestBytes = process.memoryUsage.rss()
      isCollected = false
    } else if (process.memoryUsage.rss() - smallestBytes >= WORTH_BYTES) {
      collectGarbage()
      isCollected = true
    }
  }, LOOK_MS).unref()
}
