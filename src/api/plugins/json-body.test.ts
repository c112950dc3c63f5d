import { describe, expect, it } from 'vitest'
import { parseJson } from './json-body.js'

describe('JSON', () => {
  it.each([
    ['{"a": 1}', { a: 1 }],
    ['\u{feff}{"a": "é😀"}', { a: 'é😀' }],
    [' [1]\n', [1]],
    ['"\\ud800"', '\ud800'],
  ])('%j is parsed', (text, value) => {
    expect(parseJson(Buffer.from(text))).toEqual(value)
  })

  it('keeps a key __proto__ a property like any other', () => {
    const parsed = parseJson(
      Buffer.from('{"__proto__": {"polluted": true}, "constructor": {"prototype": {"p": 1}}}'),
    )
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype)
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })

  it('may be nested deeper than any stack', () => {
    const depth = 100_000
    const body = Buffer.from(`${'['.repeat(depth)}${']'.repeat(depth)}`)
    expect(Array.isArray(parseJson(body))).toBe(true)
  })

  it.each([
    ['brackets', `${'['.repeat(200_000)}${']'.repeat(200_000)}`],
    ['objects', `[${'{},'.repeat(200_000)}{}]`],
    ['entries', `[${'0,'.repeat(200_000)}0]`],
  ])('of too many %s to parse quickly is refused', (_, text) => {
    expect(() => parseJson(Buffer.from(text))).toThrow('the body has more than 50000 values')
  })

  it('counts no sign in a string, whatever the string holds and wherever it ends', () => {
    const SIGNS = ['\\', '"', ',', '[', '{', 'é', 'a', 'text '.repeat(20)]
    let seed = 1
    const random = (below: number): number => {
      seed = (seed * 48_271) % 2_147_483_647
      return seed % below
    }
    const word = (): string => Array.from({ length: random(8) }, () => SIGNS[random(SIGNS.length)]).join('')
    const most = Array.from({ length: 50_000 }, word)
    expect(parseJson(Buffer.from(JSON.stringify(most)))).toEqual(most)
    expect(() => parseJson(Buffer.from(JSON.stringify([...most, word()])))).toThrow('more than 50000 values')
  })

  it('may hold any number of brackets, commas and quotes in its strings', () => {
    const code = '{[,"\\"]}'.repeat(100_000)
    expect(parseJson(Buffer.from(JSON.stringify({ code })))).toEqual({ code })
  })

  it.each([
    ['', 'The body is empty; send a JSON object'],
    ['  \n', 'The body is empty; send a JSON object'],
    ['{"code": "secret', 'The body is not valid JSON'],
    ['{"secret": tru}', 'The body is not valid JSON'],
    ['{"a": 1,}', 'The body is not valid JSON: look at character 9'],
    ['{', 'The body is not valid JSON: look at character 2'],
    ['[', 'The body is not valid JSON: it ends too early'],
    ['{"a": 1}}', 'The body is not valid JSON: look at character 9'],
  ])('%j is refused without quoting it', (text, message) => {
    expect(() => parseJson(Buffer.from(text))).toThrow(expect.objectContaining({ code: 'INVALID_JSON' }))
    expect(() => parseJson(Buffer.from(text))).toThrow(message)
    expect(() => parseJson(Buffer.from(text))).not.toThrow('secret')
  })

  it('must be UTF-8', () => {
    expect(() => parseJson(Buffer.from([0x22, 0xff, 0x22]))).toThrow('The body is not valid UTF-8')
  })
})
