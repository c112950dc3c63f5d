import { describe, expect, it, vi } from 'vitest'
import { AnswerReader, decodeAnswer, encodeRequest } from './compiler-protocol.js'

const sized = (text: string | Buffer): Buffer => {
  const bytes = Buffer.from(text)
  const size = Buffer.alloc(4)
  size.writeUInt32BE(bytes.length)
  return Buffer.concat([size, bytes])
}

const count = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

function answer(names: readonly string[], code = 0): Buffer {
  return Buffer.concat([
    Buffer.from([code]),
    sized('words'),
    count(names.length),
    ...names.map((name) => Buffer.concat([sized(name), sized(`bytes of ${name}`)])),
  ])
}

describe('a request', () => {
  it('has the entry and every source, each with its size', () => {
    const request = encodeRequest('Main.java', [{ name: 'Main.java', content: Buffer.from('class Main {}') }])
    expect(request).toEqual(
      sized(Buffer.concat([sized('Main.java'), count(1), sized('Main.java'), sized('class Main {}')])),
    )
  })
})

describe('an answer', () => {
  it('has a code, the words of the compiler and what it made', () => {
    expect(decodeAnswer(answer(['Main.class', 'p/A.class'], 1))).toEqual({
      code: 1,
      diagnostics: Buffer.from('words'),
      artefacts: [
        { name: 'Main.class', content: Buffer.from('bytes of Main.class'), executable: false },
        { name: 'p/A.class', content: Buffer.from('bytes of p/A.class'), executable: false },
      ],
    })
  })

  it.each([
    ['leaves the folder', ['../etc/passwd']],
    ['is absolute', ['/etc/passwd']],
    ['has an empty part', ['a//b']],
    ['is its own folder', ['.']],
    ['is empty', ['']],
    ['is longer than the kernel takes', ['A'.repeat(256)]],
    ['is deeper than the kernel takes', [`${'a/'.repeat(600)}b`]],
    ['has a NUL', ['a\0b']],
    ['is given twice', ['a', 'a']],
    ['is a folder of another', ['a', 'a/b']],
  ])('is refused when a name %s', (_, names) => {
    expect(decodeAnswer(answer(names))).toBeUndefined()
  })

  it('is refused when it is cut, or goes on', () => {
    const whole = answer(['Main.class'])
    for (let size = 0; size < whole.length; size++)
      expect(decodeAnswer(whole.subarray(0, size))).toBeUndefined()
    expect(decodeAnswer(Buffer.concat([whole, Buffer.from('x')]))).toBeUndefined()
  })

  it('is refused by its size alone, before any of it is kept', () => {
    const reader = new AnswerReader()
    expect(reader.read(Buffer.from([0xff, 0xff, 0xff]))).toBeUndefined()
    expect(() => reader.read(Buffer.from([0xff]))).toThrow('an answer of 4294967295 bytes')
  })

  it('is refused when more comes than it says', () => {
    const whole = sized(answer(['Main.class']))
    expect(() => new AnswerReader().read(Buffer.concat([whole, Buffer.from('x')]))).toThrow(RangeError)
  })

  it('is put together of many small pieces without copying what there is for each', () => {
    const whole = sized(Buffer.alloc(2 ** 22, 'x'))
    const reader = new AnswerReader()
    const joining = vi.spyOn(Buffer, 'concat')
    let found: Buffer | undefined
    for (let at = 0; at < whole.length; at += 512) found ??= reader.read(whole.subarray(at, at + 512))
    expect(joining).not.toHaveBeenCalled()
    joining.mockRestore()
    expect(found?.equals(whole.subarray(4))).toBe(true)
  })

  it('is put together from any pieces', () => {
    const whole = sized(answer(['Main.class']))
    for (const step of [1, 3, 7, whole.length]) {
      const reader = new AnswerReader()
      const found: (Buffer | undefined)[] = []
      for (let at = 0; at < whole.length; at += step) found.push(reader.read(whole.subarray(at, at + step)))
      expect(found.filter(Boolean)).toEqual([answer(['Main.class'])])
    }
  })
})
