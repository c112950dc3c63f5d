/** What goes wrong, and when: as random as its seed. */
import type { Service } from '../hostile/harness/service.js'
import type { Split } from '../e2e/support/split.js'

/** How often each thing happens. */
const TROUBLES = { 'worker killed': 6, 'redis restarted': 3, 'api restarted': 4 } as const

export type Trouble = keyof typeof TROUBLES

/** Numbers from 0 up to 1 that are the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** All troubles in random order. */
export function plan(random: () => number): Trouble[] {
  const troubles = Object.entries(TROUBLES).flatMap(([trouble, times]) =>
    Array.from({ length: times }, () => ({ trouble: trouble as Trouble, order: random() })),
  )
  return troubles.toSorted((left, right) => left.order - right.order).map(({ trouble }) => trouble)
}

/** Makes it happen, and resolves when what went away is back. */
export async function happen(trouble: Trouble, split: Split, random: () => number): Promise<void> {
  if (trouble === 'redis restarted') {
    await split.redis.end('SIGKILL')
    await split.redis.start()
  } else if (trouble === 'worker killed') {
    await replace(split, 'worker', split.workers, random)
  } else {
    await replace(split, 'api', split.apis, random)
  }
}

async function replace(
  split: Split,
  role: 'api' | 'worker',
  services: Service[],
  random: () => number,
): Promise<void> {
  const [victim] = services.splice(Math.floor(random() * services.length), 1)
  if (victim === undefined) throw new Error(`there is no ${role} to kill`)
  process.kill(victim.pid, 'SIGKILL')
  await victim.stop()
  await split.start(role)
}
