import { describe, expect, it } from 'vitest'
import { clientNetwork, createClientKeys } from './client-key.js'

describe('the network a client owns', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::FFFF:c000:0207', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002:ffff:ffff:ffff:ffff', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['1::', '1:0:0:0::/64'],
    ['64:ff9b::192.0.2.33', '64:ff9b:0:0::/64'],
    ['not:an address', 'not:an address'],
    ['unknown', 'unknown'],
  ])('of %s is %s', (address, network) => {
    expect(clientNetwork(address)).toBe(network)
  })
})

describe('keys', () => {
  it('are equal for one network and different for others', () => {
    const keyOf = createClientKeys()
    expect(keyOf('2001:db8::1')).toBe(keyOf('2001:db8::2'))
    expect(keyOf('2001:db8::1')).not.toBe(keyOf('2001:db8:0:1::1'))
    expect(keyOf('192.0.2.1')).not.toBe(keyOf('192.0.2.2'))
  })

  it('do not contain the address and mean nothing to another process', () => {
    const key = createClientKeys()('192.0.2.1')
    expect(key).not.toContain('192')
    expect(key).not.toBe(createClientKeys()('192.0.2.1'))
  })
})
