/** Has the process become small again after it had to hold much: the engine, and the C library below it. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Bounds } from '../api/bounds/bounds.js'
import type { QueueStats } from '../queue/job-queue.js'
import { MEMORY_ADDON } from './places.js'

const LOOK_MS = 5000
/** So much more than it was at its smallest is worth a collection, which stops the process for some milliseconds. */
const WORTH_BYTES = 24 * 2 ** 20
/** How often the process is found at rest before that; before another time at most so often, which is ten minutes. */
const CALM_LOOKS = 2
const MOST_CALM_LOOKS = 120

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
 * no reason to. What it collects is freed by other threads a little later, so it is given back at the next look. What
 * was not free by then is sought again, ever more seldom, for it may be what the process needs now. `isAtRest` tells
 * whether nothing large is held.
 */
export function giveMemoryBack(isAtRest: () => boolean): void {
  setFlagsFromString('--expose-gc')
  const collectGarbage = runInNewContext('gc') as () => void
  let smallestBytes = process.memoryUsage.rss()
  let calm = 0
  let calmBefore = CALM_LOOKS
  let isCollected = false
  setInterval(() => {
    if (!isAtRest()) {
      calm = 0
      calmBefore = CALM_LOOKS
      isCollected = false
      return
    }
    if (isCollected) {
      giveBack()
      isCollected = false
      smallestBytes = Math.min(smallestBytes, process.memoryUsage.rss())
      calm = 0
      calmBefore = Math.min(2 * calmBefore, MOST_CALM_LOOKS)
    } else if (++calm >= calmBefore && process.memoryUsage.rss() - smallestBytes >= WORTH_BYTES) {
      collectGarbage()
      isCollected = true
    }
  }, LOOK_MS).unref()
}
