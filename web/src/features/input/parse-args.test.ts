import { describe, expect, it } from 'vitest'

import { formatArgs, parseArgs } from './parse-args.js'

describe('arguments on one line', () => {
  it.each([
    ['', []],
    ['  ', []],
    ['a b  c', ['a', 'b', 'c']],
    [`--name "two words" 'it is'`, ['--name', 'two words', 'it is']],
    [`""`, ['']],
    [`a"b c"d`, ['ab cd']],
    [`one\\ two "say \\"hi\\"" 'no \\escape'`, ['one two', 'say "hi"', 'no \\escape']],
    [`$HOME *.txt`, ['$HOME', '*.txt']],
    [`"open to the end`, ['open to the end']],
  ])('%j are %j', (line, expected) => {
    expect(parseArgs(line)).toEqual(expected)
  })

  it.each([[['plain', 'two words', "it's", '', '"', '\\', '$x', 'a=b']], [[]]])(
    'formatted and parsed again are the same: %j',
    (args) => {
      expect(parseArgs(formatArgs(args))).toEqual(args)
    },
  )
})
