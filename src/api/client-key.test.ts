import { describe, expect, it } from 'vitest'
import { clientNetwork, clientSite, createClientKeys } from './client-key.js'

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

describe('the site of a client', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1::/48'],
    ['2001:db8:1:ffff::1', '2001:db8:1::/48'],
    ['::1', '0:0:0::/48'],
    ['unknown', 'unknown'],
  ])('of %s is %s', (address, site) => {
    expect(clientSite(address)).toBe(site)
  })
})

describe('keys', () => {
  it('are equal for one network and different for others', () => {
    const keys = createClientKeys()
    const keyOf = (address: string): string => keys.of(undefined, address).network
    expect(keyOf('2001:db8::1')).toBe(keyOf('2001:db8::2'))
    expect(keyOf('2001:db8::1')).not.toBe(keyOf('2001:db8:0:1::1'))
    expect(keyOf('192.0.2.1')).not.toBe(keyOf('192.0.2.2'))
  })

  it('name the site of an IPv6 address that nobody else stands for', () => {
    const keys = createClientKeys()
    const siteOf = (address: string): string | undefined => keys.of(undefined, address).site
    expect(siteOf('2001:db8::1')).toBe(siteOf('2001:db8:0:1::1'))
    expect(siteOf('2001:db8::1')).not.toBe(siteOf('2001:db8:1::1'))
    expect(siteOf('192.0.2.1')).toBeUndefined()
    expect(keys.of('key of somebody', '2001:db8::1').site).toBeUndefined()
  })

  it('do not contain the address and mean nothing to another process', () => {
    const key = createClientKeys().of(undefined, '192.0.2.1').network
    expect(key).not.toContain('192')
    expect(key).not.toBe(createClientKeys().of(undefined, '192.0.2.1').network)
  })
})
