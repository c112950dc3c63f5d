import { describe, expect, it } from 'vitest'

import { judge } from './preflight.mjs'

const good = {
  platform: 'linux',
  architecture: 'x64',
  nodeVersion: '20.19.2',
  root: true,
  distribution: 'Debian GNU/Linux 13 (trixie)',
  debianVersion: '13',
  namespaces: true,
  dataDir: '/var/lib/codeexec',
  imagesBuilt: false,
  freeDataBytes: 50 * 1024 ** 3,
  freeProjectBytes: 50 * 1024 ** 3,
}

describe('preflight', () => {
  it('finds nothing wrong with Debian 12 and 13', () => {
    expect(judge(good)).toEqual([])
    expect(judge({ ...good, debianVersion: '12', nodeVersion: '24.1.0' })).toEqual([])
  })

  it.each([
    ['another system', { platform: 'darwin' }, /darwin.*virtual machine/],
    ['an old Node', { nodeVersion: '20.18.9' }, /Node 20\.19.*20\.18\.9.*install/],
    ['an older major of Node', { nodeVersion: '18.99.0' }, /18\.99\.0/],
    ['another processor', { architecture: 'ppc64' }, /ppc64/],
    [
      'another distribution',
      { debianVersion: null, distribution: 'Fedora 42' },
      /Fedora 42.*virtual machine/,
    ],
    ['an older Debian', { debianVersion: '11', distribution: 'Debian 11' }, /Debian 11/],
    ['a user who is not root', { root: false, namespaces: false }, /sudo/],
    ['no namespaces', { namespaces: false }, /namespaces.*virtual machine/],
    ['too small a data disk', { freeDataBytes: 2 * 1024 ** 3 }, /2\.0 GiB free.*CODEEXEC_DATA_DIR/],
    ['too small a project disk', { freeProjectBytes: 1024 }, /project's disk/],
  ])('says in one sentence what to do about %s', (_, fact, sentence) => {
    const problems = judge({ ...good, ...fact })
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(sentence)
    expect(problems[0]).toMatch(/^[^.]*?.*\.$/)
    expect(problems[0]).not.toContain('\n')
  })

  it('needs less room once the images exist', () => {
    expect(judge({ ...good, imagesBuilt: true, freeDataBytes: 2 * 1024 ** 3 })).toEqual([])
  })

  it('names every problem at once', () => {
    expect(judge({ ...good, root: false, nodeVersion: '16.0.0', debianVersion: null })).toHaveLength(3)
  })
})
