/** A client that comes again until its submission is acknowledged, and then until it has ended. */
import type { Service } from '../hostile/harness/service.js'

const PAUSE_MS = 100

export interface Ended {
  readonly id: string
  readonly status: string
  readonly finishedAt: string | null
  readonly result: { readonly output: string; readonly runTimeStatus: string } | null
}

export interface Acknowledged {
  readonly id: string
  readonly expectedOutput: string
}

export interface Figures {
  acknowledged: number
  /** Refused with 503, or without an answer because the api or its connection was gone. */
  refused: number
  unanswered: number
}

const pause = (ms = PAUSE_MS): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Submits a program that says which one it is. */
export async function submitOne(
  number: number,
  sleepSeconds: number,
  api: () => Service | undefined,
  figures: Figures,
): Promise<Acknowledged> {
  const code = `sleep ${sleepSeconds.toFixed(2)}; echo ${number}`
  for (;;) {
    try {
      const answer = await api()?.post('/api/v1/submissions', { language: 'bash', code, analyze: false })
      if (answer?.status === 202) {
        figures.acknowledged++
        return { id: (JSON.parse(answer.body) as Ended).id, expectedOutput: `${number}\n` }
      }
      if (answer !== undefined && answer.status !== 503) throw new Unexpected(answer.body)
      figures.refused++
    } catch (error) {
      if (error instanceof Unexpected) throw error
      figures.unanswered++
    }
    await pause()
  }
}

class Unexpected extends Error {}

/** The record of an acknowledged submission when it has ended; it must be there whenever somebody can be asked. */
export async function untilEnded(id: string, api: () => Service | undefined): Promise<Ended> {
  for (;;) {
    const answer = await api()
      ?.get(`/api/v1/submissions/${id}?wait=20`)
      .catch(() => undefined)
    if (answer?.status === 404) throw new Error(`submission ${id} is lost`)
    if (answer?.status === 200) {
      const { status, finishedAt, result } = JSON.parse(answer.body) as Ended
      if (finishedAt !== null) return { id, status, finishedAt, result }
    }
    await pause()
  }
}
