import { describe, expect, it } from 'vitest'
import { createAddressGuard } from './address-guard.js'

const REFUSED = [
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '127.0.0.1',
  '127.255.255.254',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.8',
  '192.168.1.1',
  '198.18.0.1',
  '203.0.113.9',
  '224.0.0.1',
  '239.255.255.255',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:8.8.8.8',
  '::127.0.0.1',
  '64:ff9b::7f00:1',
  '64:ff9b:1::1',
  '100::1',
  '2001::1',
  '2001:db8::1',
  '2002:7f00:1::',
  '3fff::1',
  'fc00::1',
  'fdff::1',
  'fe80::1',
  'fe80::1%eth0',
  'fec0::1',
  'ff02::1',
  'localhost',
  '',
  '127.1',
  '0x7f000001',
]
const ALLOWED = [
  '8.8.8.8',
  '1.1.1.1',
  '172.15.255.255',
  '172.32.0.1',
  '100.128.0.1',
  '2606:4700::1111',
  '2a00::1',
]

describe('addresses', () => {
  const guard = createAddressGuard([])
  it.each(REFUSED)('%s is refused', (address) => expect(guard(address)).toBe(false))
  it.each(ALLOWED)('%s is allowed', (address) => expect(guard(address)).toBe(true))

  it('are allowed where the operator says so, and only those', () => {
    const own = createAddressGuard(['10.1.0.0/16', '::1', 'loopback'])
    expect(['10.1.2.3', '::1', '127.0.0.1', '8.8.8.8'].map(own)).toEqual([true, true, true, true])
    expect(['10.2.0.1', 'fe80::1', '192.168.0.1'].map(own)).toEqual([false, false, false])
  })
})
