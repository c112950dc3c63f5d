import { describe, expect, it } from 'vitest'
import { aptConfig, downloadOptions, parseAptStatus } from './apt.js'

const HOST = `Acquire "";
Acquire::http::Proxy "http://proxy.test:3128";
Acquire::Check-Valid-Until "false";
Acquire::https::Verify-Peer "";
Acquire::IndexTargets::deb::Packages::MetaKey "x";
Acquire::Languages "none";`

describe('aptConfig', () => {
  const text = aptConfig({ root: '/images/tiny/merged', packages: '/images/.packages' }, HOST)

  it("installs into the layer with the layer's own dpkg", () => {
    expect(text).toContain('Dir::State::status "/images/tiny/merged/var/lib/dpkg/status";')
    expect(text).toContain('DPkg::Chroot-Directory "/images/tiny/merged";')
  })

  it('trusts the keys of Debian and no other', () => {
    expect(text).toContain('Dir::Etc::trusted "/usr/share/keyrings/debian-archive-keyring.gpg";')
    expect(text).toContain('Dir::Etc::trustedparts "/images/.packages/none";')
  })

  it('takes from the host how to reach the mirror, and nothing else', () => {
    expect(text.split('\n').filter((line) => line.startsWith('Acquire::'))).toEqual([
      'Acquire::http::Proxy "http://proxy.test:3128";',
      'Acquire::Check-Valid-Until "false";',
      'Acquire::Languages "none";',
      'Acquire::Retries "3";',
    ])
  })

  it('gives mmdebstrap the same', () => {
    expect(downloadOptions(HOST)).toEqual([
      '--aptopt=Acquire::http::Proxy "http://proxy.test:3128";',
      '--aptopt=Acquire::Check-Valid-Until "false";',
    ])
  })
})

describe('parseAptStatus', () => {
  it.each([
    ['dlstatus:1:0:Retrieving file 1 of 2', { percent: 0, text: 'Retrieving file 1 of 2' }],
    ['dlstatus:2:50.4:Retrieving file 2 of 2', { percent: 25, text: 'Retrieving file 2 of 2' }],
    ['pmstatus:gcc:0:Installing gcc', { percent: 50, text: 'Installing gcc' }],
    ['pmstatus:gcc:100:Installed gcc', { percent: 100, text: 'Installed gcc' }],
    ['pmerror:gcc:50:it failed', undefined],
    ['media-change: disc', undefined],
    ['pmstatus:gcc:much:x', undefined],
    ['', undefined],
  ])('reads %j', (line, expected) => {
    expect(parseAptStatus(line)).toEqual(expected)
  })
})
