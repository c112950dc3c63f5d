import { expect, it } from 'vitest'
import { RateLimiter } from './rate-limiter.js'

function limiterAt(requests: number, maxKeys?: number) {
  const clock = { now: 1_000_000 }
  const limiter = new RateLimiter({ requests, windowMs: 10_000 }, () => clock.now, maxKeys)
  return { limiter, clock }
}

it('allows as many requests as it is told, then none until the window ends', () => {
  const { limiter, clock } = limiterAt(2)
  expect(limiter.take('a')).toEqual({ allowed: true, limit: 2, remaining: 1, resetSeconds: 10 })
  clock.now += 4200
  expect(limiter.take('a')).toEqual({ allowed: true, limit: 2, remaining: 0, resetSeconds: 6 })
  expect(limiter.take('a')).toEqual({ allowed: false, limit: 2, remaining: 0, resetSeconds: 6 })
  clock.now += 5799
  expect(limiter.take('a')).toMatchObject({ allowed: false, resetSeconds: 1 })
  clock.now += 1
  expect(limiter.take('a')).toEqual({ allowed: true, limit: 2, remaining: 1, resetSeconds: 10 })
})

it('counts every key for itself', () => {
  const { limiter } = limiterAt(1)
  expect(limiter.take('a').allowed).toBe(true)
  expect(limiter.take('b').allowed).toBe(true)
  expect(limiter.take('a').allowed).toBe(false)
})

it('takes all of a cost or nothing of it', () => {
  const { limiter } = limiterAt(10)
  expect(limiter.take('a', 8)).toMatchObject({ allowed: true, remaining: 2 })
  expect(limiter.take('a', 3)).toMatchObject({ allowed: false, remaining: 2 })
  expect(limiter.take('a', 2)).toMatchObject({ allowed: true, remaining: 0 })
})

it('forgets keys whose window has ended', () => {
  const { limiter, clock } = limiterAt(1)
  for (let index = 0; index < 100; index++) limiter.take(`key ${index}`)
  expect(limiter.size).toBe(100)
  clock.now += 10_000
  limiter.take('a')
  expect(limiter.size).toBe(1)
})

it('gives up no window for a new key: those beyond what it may hold share some', () => {
  const { limiter } = limiterAt(1, 3)
  for (const key of ['aa1', 'bb1', 'cc1', 'dd1']) expect(limiter.take(key).allowed).toBe(true)
  for (const key of ['aa1', 'bb1', 'cc1', 'dd1', 'dd2']) expect(limiter.take(key).allowed).toBe(false)
  expect(limiter.take('ee1').allowed).toBe(true)
  for (let index = 0; index < 1000; index++) limiter.take(`dd${index}`)
  expect(limiter.size).toBe(5)
})
