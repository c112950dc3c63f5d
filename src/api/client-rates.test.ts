import { expect, it } from 'vitest'
import { createClientKeys } from './client-key.js'
import { ClientRates } from './client-rates.js'

const keys = createClientKeys()

function allowedOf(addresses: readonly string[], requests = 5): number {
  const rates = new ClientRates({ requests, windowMs: 60_000 })
  return addresses.filter((address) => rates.take(keys.of(undefined, address)).allowed).length
}

const networks = (count: number, site = '2001:db8:1'): string[] =>
  Array.from({ length: count }, (_, index) => `${site}:${index.toString(16)}::1`)

it('gives a site of many networks as much as eight clients', () => {
  expect(allowedOf(networks(1000))).toBe(40)
})

it('counts sites by themselves, and addresses of IPv4 one by one', () => {
  expect(allowedOf([...networks(100), ...networks(100, '2001:db8:2')])).toBe(80)
  expect(allowedOf(Array.from({ length: 200 }, (_, index) => `192.0.2.${index}`))).toBe(200)
})

it('does not count against a site what one of its networks is refused', () => {
  const many = Array.from({ length: 1000 }, () => '2001:db8:1:1::1')
  expect(allowedOf([...many, '2001:db8:1:2::1'])).toBe(6)
})
