import { expect, it } from 'vitest'
import { createMemoryReserve } from './memory-reserve.js'

function setUp(reserveBytes: number) {
  const host = { availableBytes: 1000, nowMs: 0, reads: 0 }
  const reserve = createMemoryReserve({
    reserveBytes,
    availableBytes: () => {
      host.reads++
      return host.availableBytes
    },
    now: () => host.nowMs,
  })
  return { host, reserve }
}

it('lets executions through while the reserve is there', () => {
  const { reserve } = setUp(1000)
  expect(reserve.isKept()).toBe(true)
  expect(() => reserve.require()).not.toThrow()
})

it('refuses them while it is not, with the time to try again, and takes them again afterwards', () => {
  const { host, reserve } = setUp(1000)
  host.availableBytes = 999
  expect(() => reserve.require()).toThrow(
    expect.objectContaining({ code: 'SANDBOX_UNAVAILABLE', retryAfterSeconds: 5 }),
  )
  host.availableBytes = 1000
  host.nowMs += 200
  expect(() => reserve.require()).not.toThrow()
})

it('does not read the figure for each of many executions', () => {
  const { host, reserve } = setUp(1000)
  for (let count = 0; count < 100; count++) reserve.require()
  expect(host.reads).toBe(1)
})

it('never refuses where no reserve is wanted', () => {
  const { host, reserve } = setUp(0)
  host.availableBytes = 0
  expect(reserve.isKept()).toBe(true)
})
