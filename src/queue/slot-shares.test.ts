import { describe, expect, it } from 'vitest'
import { IdleRoom } from './idle-room.js'
import type { Holding } from './slot-shares.js'
import { shareOf, SlotShares } from './slot-shares.js'

function sharesOf(slots: number, idlePrograms = 8): SlotShares {
  const idleRoom = new IdleRoom({ programs: idlePrograms, memoryBytes: 1e9 })
  return new SlotShares(slots, { beyond: slots - shareOf(slots), idleRoom })
}

const start = (shares: SlotShares, clientKey: string): Holding => shares.start({ clientKey, memoryBytes: 1 })

/** Starts programs of this client for as long as it may; gives how many. */
function fill(shares: SlotShares, clientKey: string): number {
  let started = 0
  while (shares.mayStart(clientKey)) {
    start(shares, clientKey)
    started++
  }
  return started
}

describe('shares of slots', () => {
  it('are half of them, and at least one', () => {
    expect([1, 2, 3, 4, 9].map(shareOf)).toEqual([1, 1, 1, 2, 4])
  })

  it('let one client have all slots, and another start beside them', () => {
    const shares = sharesOf(4)
    expect(fill(shares, 'a')).toBe(4)
    expect(shares.mayStartWithinShare('a')).toBe(false)
    expect(fill(shares, 'b')).toBe(2)
    expect(fill(shares, 'c')).toBe(0)
    expect(shares.busy).toBe(6)
  })

  it('give nothing beyond a share while all slots are taken', () => {
    const shares = sharesOf(2)
    const first = start(shares, 'a')
    start(shares, 'a')
    start(shares, 'b')
    shares.end(first)
    expect(shares.busy).toBe(2)
    expect([shares.mayStart('a'), shares.mayStart('b'), shares.mayStart('c')]).toEqual([false, false, false])
  })

  it('never run more than the places there are, whoever comes in whatever order', () => {
    for (const slots of [1, 2, 3, 5, 8]) {
      const shares = sharesOf(slots)
      let most = 0
      let random = slots
      const running: Holding[] = []
      for (let step = 0; step < 2000; step++) {
        random = (random * 1_103_515_245 + 12_345) % 2 ** 31
        const clientKey = `client ${random % 5}`
        if (random % 3 > 0 && shares.mayStart(clientKey)) running.push(start(shares, clientKey))
        else if (running.length > 0) shares.end(running.splice(random % running.length, 1)[0] as Holding)
        most = Math.max(most, shares.busy)
      }
      expect(most).toBeGreaterThanOrEqual(slots)
      expect(most).toBeLessThanOrEqual(2 * slots - shareOf(slots))
      for (const holding of running) shares.end(holding)
      expect([shares.busy, shares.idle, fill(shares, 'last')]).toEqual([0, 0, slots])
    }
  })
})

describe('programs that use no CPU', () => {
  it('give their slot back, and take one again when they go on', () => {
    const shares = sharesOf(1)
    const sleeper = start(shares, 'a')
    expect(shares.mayStart('b')).toBe(false)
    expect(shares.setActive(sleeper, false)).toBe(true)
    expect([shares.busy, shares.idle, shares.mayStart('b')]).toEqual([0, 1, true])
    start(shares, 'b')
    expect(shares.setActive(sleeper, true)).toBe(true)
    expect([shares.busy, shares.idle, shares.mayStart('c')]).toEqual([2, 0, false])
    shares.end(sleeper)
    expect(shares.busy).toBe(1)
  })

  it('keep their own client waiting when they have filled its part of the room', () => {
    const shares = sharesOf(1, 4)
    for (let index = 0; index < 2; index++) shares.setActive(start(shares, 'a'), false)
    expect([shares.mayStart('a'), shares.mayStart('b')]).toEqual([false, true])
  })

  it('keep their slot where there is no room, until there is', () => {
    const shares = sharesOf(2, 1)
    const first = start(shares, 'a')
    const second = start(shares, 'b')
    expect(shares.setActive(first, false)).toBe(true)
    expect(shares.setActive(second, false)).toBe(false)
    expect(shares.busy).toBe(1)
    shares.end(first)
    expect(shares.settle()).toEqual([second])
    expect([shares.busy, shares.idle]).toEqual([0, 1])
  })

  it('do not enter the room when they have gone on before there was any', () => {
    const shares = sharesOf(2, 1)
    const first = start(shares, 'a')
    const second = start(shares, 'b')
    shares.setActive(first, false)
    shares.setActive(second, false)
    expect(shares.setActive(second, true)).toBe(false)
    shares.end(first)
    expect(shares.settle()).toEqual([])
    expect([shares.busy, shares.idle]).toEqual([1, 0])
  })
})
