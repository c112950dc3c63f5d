import { setTimeout as sleep } from 'node:timers/promises'

/** Asks again until the answer is as wanted; the test's own time limit is the only one. */
export async function until<T>(ask: () => Promise<T>, wanted: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask()
    if (wanted(answer)) {
      return answer
    }
    await sleep(50)
  }
}

/** For `expect.poll`: the terminal draws what it was given with the next frames, which come late on a busy machine. */
export const SOON = { timeout: 10_000 } as const
