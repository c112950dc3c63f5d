import { describe, expect, it } from 'vitest'
import { decode, encode } from './codec.js'

describe('a message', () => {
  it('comes out as it went in', () => {
    const message = {
      id: 'a',
      files: [{ name: 'x', content: Uint8Array.from([1, 2, 3]) }],
      stdin: new Uint8Array(0),
    }
    expect(decode(encode(message))).toEqual(message)
  })

  it.each([
    ['longer', 100],
    ['negative', -1],
    ['not a number of bytes', 0.5],
  ])('is refused where a part is %s, and shows nothing of the memory around it', (_, length) => {
    const whole = encode({ content: Uint8Array.from([1, 2, 3]) }).toString('latin1')
    const text = JSON.stringify({ content: { '\0bytes': length } })
    const header = Buffer.alloc(4)
    header.writeUInt32LE(text.length)
    const pool = Buffer.concat([
      Buffer.from(whole, 'latin1'),
      header,
      Buffer.from(text),
      Buffer.alloc(1000, 's'),
    ])
    const message = pool.subarray(whole.length, whole.length + 4 + text.length + 3)
    expect(() => decode(message)).toThrow(RangeError)
  })
})
