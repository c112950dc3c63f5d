import { deflateSync, strToU8 } from 'fflate'
import { describe, expect, it } from 'vitest'

import { textFile } from '../../state/project.js'
import { EMPTY_INPUT } from '../../state/project-slice.js'
import { toBase64 } from '../files/file-content.js'
import { decodeFragment, encodeFragment, FRAGMENT_PREFIX } from './share-codec.js'

const shared = {
  language: 'python',
  project: { files: [textFile('main.py', 'print("grüße ✓")\n'), textFile('lib/a.py', '')], entry: 'main.py' },
  input: { ...EMPTY_INPUT, stdin: '1\n2\n', args: '--fast "a b"' },
  tests: [{ id: 'shared-0', name: 'one', stdin: '1', expectedOutput: '2' }],
}

function fragmentOf(value: unknown): string {
  return FRAGMENT_PREFIX + toBase64(deflateSync(strToU8(JSON.stringify(value))))
}

describe('a program in a link', () => {
  it('comes back as it was', () => {
    expect(decodeFragment(encodeFragment(shared))).toEqual(shared)
  })

  it('uses only characters that survive in a fragment', () => {
    expect(encodeFragment(shared)).toMatch(/^#code=[\w-]+$/)
  })

  it.each(['', '!!!', 'AAAA', encodeFragment(shared).slice(6, 60)])(
    'that is damaged (%j) says so',
    (value) => {
      expect(() => decodeFragment(FRAGMENT_PREFIX + value)).toThrow(/damaged/)
    },
  )

  it('cannot carry bad names', () => {
    const files = [{ path: '../main.py', content: '' }]
    expect(() => decodeFragment(fragmentOf({ language: 'python', entry: '../main.py', files }))).toThrow(
      /empty parts/,
    )
  })

  it('needs an entry point that exists', () => {
    const files = [{ path: 'a.py', content: '' }]
    expect(() => decodeFragment(fragmentOf({ language: 'python', entry: 'b.py', files }))).toThrow(
      /starts from/,
    )
  })

  it('cannot unpack to more than a bound', () => {
    const files = [{ path: 'a.py', content: 'x'.repeat(8_000_000) }]
    expect(() => decodeFragment(fragmentOf({ language: 'python', entry: 'a.py', files }))).toThrow(/damaged/)
  })
})
