import { describe, expect, it } from 'vitest'
import { Removals } from './removals.js'

/** As the engine refuses. */
function refusal(statusCode: number, message = 'refused'): Error {
  return Object.assign(new Error(message), { statusCode })
}

/** An engine that answers each attempt as told, and the last answer for ever; undefined is a removal. */
function engine(...answers: readonly (Error | undefined)[]) {
  const attempts: string[] = []
  const lines: string[] = []
  const removals = new Removals({
    firstBackoffMs: 1,
    log: (line) => lines.push(line),
    removeOnce: (id) => {
      attempts.push(id)
      const answer = answers[Math.min(attempts.length, answers.length) - 1]
      return answer === undefined ? Promise.resolve() : Promise.reject(answer)
    },
  })
  return { removals, attempts, lines }
}

describe('removing a container', () => {
  it('takes one attempt where the engine does it', async () => {
    const { removals, attempts, lines } = engine(undefined)
    await removals.remove('a')
    expect(attempts).toEqual(['a'])
    expect(lines).toEqual([])
  })

  it('takes what is gone already for removed', async () => {
    const { removals, attempts } = engine(refusal(404))
    await removals.remove('a')
    expect(attempts).toHaveLength(1)
  })

  it.each([
    [
      'its own end',
      refusal(500, 'Could not kill running container a, cannot remove - Container a is not running'),
    ],
    ['a removal under way, which may fail', refusal(409, 'removal of container a is already in progress')],
    ['an engine that is away', new Error('connect ECONNREFUSED')],
  ])('goes on after %s until the engine says that it is gone', async (_race, error) => {
    const { removals, attempts } = engine(error, error, error, refusal(404))
    await removals.remove('a')
    expect(attempts).toHaveLength(4)
    expect(removals.stuck).toBe(0)
  })

  it('asks the engine once for those who want the same container gone', async () => {
    const { removals, attempts } = engine(refusal(409), undefined)
    await Promise.all([removals.remove('a'), removals.remove('a')])
    expect(attempts).toHaveLength(2)
  })

  it('counts and names a container that stays, and leaves it to the next start when the driver closes', async () => {
    const { removals, attempts, lines } = engine(refusal(500, 'device or resource busy'))
    const removal = removals.remove('0123456789abcdef')
    const ended = removal.catch((error: unknown) => error)
    while (attempts.length < 3) await new Promise((resolve) => setTimeout(resolve, 1))
    expect(removals.stuck).toBe(1)
    expect(lines).toEqual([
      'the Docker Engine refused to remove container 0123456789ab: device or resource busy; trying again until it is gone',
    ])
    await removals.close(1)
    expect(await ended).toMatchObject({ name: 'SandboxError', step: 'remove' })
    expect(removals.stuck).toBe(0)
  })

  it('lets removals under way end when the driver closes', async () => {
    const { removals, attempts } = engine(refusal(500), undefined)
    const removal = removals.remove('a')
    await removals.close(60_000)
    await removal
    expect(attempts).toHaveLength(2)
  })
})
