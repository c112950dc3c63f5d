import { describe, expect, it } from 'vitest'
import type { ProgramInput } from '../contract/program-input.js'
import { InputChannel } from './input-channel.js'

const text = (data: string): ProgramInput => ({ type: 'stdin', data })
const interrupt: ProgramInput = { type: 'signal', signal: 'SIGINT' }

/** Whether a promise has settled once everything that was ready has run. */
async function isSettled(promise: Promise<void>): Promise<boolean> {
  let settled = false
  void promise.then(() => {
    settled = true
  })
  await new Promise((resolve) => {
    setImmediate(resolve)
  })
  return settled
}

describe('input channel', () => {
  it('keeps what comes before the program and hands it over in order', async () => {
    const channel = new InputChannel()
    const early = channel.send(text('a'))
    void channel.send(interrupt)
    expect(await isSettled(early)).toBe(false)
    expect(channel.used).toBe(false)
    const heard: ProgramInput[] = []
    channel.attach((input) => void heard.push(input))
    await early
    await channel.send({ type: 'stdin-end' })
    expect(heard).toEqual([text('a'), interrupt, { type: 'stdin-end' }])
    expect(channel.used).toBe(true)
  })

  it('resolves when the program has taken the input, and lets a signal overtake it', async () => {
    const channel = new InputChannel()
    const takers: (() => void)[] = []
    const heard: string[] = []
    channel.attach((input) => {
      heard.push(input.type)
      return input.type === 'stdin' ? new Promise((resolve) => takers.push(resolve)) : undefined
    })
    const unread = channel.send(text('unread'))
    await channel.send(interrupt)
    expect(heard).toEqual(['stdin', 'signal'])
    expect(await isSettled(unread)).toBe(false)
    takers[0]?.()
    await unread
  })

  it('lets nobody wait for a program that is gone', async () => {
    const channel = new InputChannel()
    const unread = channel.send(text('unread'))
    channel.close()
    await unread
    const heard: ProgramInput[] = []
    channel.attach((input) => void heard.push(input))
    await channel.send(text('late'))
    expect(heard).toEqual([])
  })
})
