import { describe, expect, it } from 'vitest'
import { IdleRoom } from './idle-room.js'

const MUCH = 1e6

describe('the idle room', () => {
  it('gives one client half, and always keeps room for another', () => {
    const room = new IdleRoom({ programs: 8, memoryBytes: MUCH })
    const entered = Array.from({ length: 8 }, () => room.enter('a', 1))
    expect(entered.filter(Boolean)).toHaveLength(4)
    expect(room.closedTo()).toEqual(['a'])
    expect(room.enter('b', 1)).toBe(true)
    expect(room.enter('c', 1)).toBe(true)
    expect(room.enter('a', 1)).toBe(false)
  })

  it('bounds memory like numbers', () => {
    const room = new IdleRoom({ programs: 100, memoryBytes: 1000 })
    expect(room.enter('a', 400)).toBe(true)
    expect(room.enter('a', 400)).toBe(true)
    expect(room.isOpenTo('a')).toBe(false)
    expect(room.enter('b', 300)).toBe(false)
    expect(room.enter('b', 200)).toBe(true)
    expect(room.enter('c', 1)).toBe(false)
  })

  it('is open again when somebody has left, and says so once, afterwards', async () => {
    const room = new IdleRoom({ programs: 2, memoryBytes: MUCH })
    let told = 0
    room.onRoom(() => told++)
    room.enter('a', 1)
    room.enter('b', 1)
    expect(room.enter('c', 1)).toBe(false)
    room.leave('a', 1)
    room.leave('b', 1)
    expect(told).toBe(0)
    await Promise.resolve()
    expect(told).toBe(1)
    expect(room.closedTo()).toEqual([])
    expect(room.enter('c', 1)).toBe(true)
  })
})
