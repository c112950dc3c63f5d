import { expect, it } from 'vitest'
import { holdsNothingLarge } from './memory.js'

const bounds = (bodies: number, answers: number) =>
  ({ bodies: { used: bodies }, answers: { used: answers } }) as Parameters<typeof holdsNothingLarge>[0]

it('takes small programs that wait for nothing large, but no body, answer or large program', () => {
  expect(holdsNothingLarge(bounds(0, 0), { bytes: 0 })).toBe(true)
  expect(holdsNothingLarge(bounds(0, 0), { bytes: 20_000 })).toBe(true)
  expect(holdsNothingLarge(bounds(0, 0), { bytes: 10 * 2 ** 20 })).toBe(false)
  expect(holdsNothingLarge(bounds(20_000, 0), { bytes: 0 })).toBe(false)
  expect(holdsNothingLarge(bounds(0, 20_000), { bytes: 0 })).toBe(false)
  expect(holdsNothingLarge(undefined, { bytes: 0 })).toBe(false)
})
