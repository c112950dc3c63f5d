import { describe, expect, it } from 'vitest'

import { createTerminalStream, type TerminalSink } from './terminal-stream.js'

/** A terminal that draws when told to. */
function slowSink() {
  const written: string[] = []
  const waiting: (() => void)[] = []
  const sink: TerminalSink = {
    write: (text, done) => {
      written.push(text)
      waiting.push(done)
    },
    reset: () => written.push('<reset>'),
  }
  return { sink, written, draw: () => waiting.shift()?.(), waiting }
}

describe('the stream between a program and the terminal', () => {
  it('gives the next piece only when the last is drawn', () => {
    const stream = createTerminalStream()
    const { sink, written, draw } = slowSink()
    stream.attach(sink)
    stream.append('first', 'stdout')
    stream.append('second', 'stdout')
    stream.append(' third', 'stdout')
    expect(written).toEqual(['first'])
    draw()
    expect(written).toEqual(['first', 'second third'])
  })

  it('keeps what came before the terminal was there, and gives all again to a new one', () => {
    const stream = createTerminalStream()
    stream.append('early ', 'stdout')
    const first = slowSink()
    const detach = stream.attach(first.sink)
    stream.append('late', 'stdout')
    detach()
    const second = slowSink()
    stream.attach(second.sink)
    expect(second.written.join('')).toBe('early late')
  })

  it('colours standard error and keeps the transcript plain', () => {
    const stream = createTerminalStream()
    const { sink, written } = slowSink()
    stream.attach(sink)
    stream.append('oops\n', 'stderr')
    expect(written).toEqual(['\u001B[31moops\n\u001B[39m'])
    expect(stream.transcript()).toBe('oops\n')
  })

  it('bounds the backlog, says how much is missing, and shows the end', () => {
    const stream = createTerminalStream()
    const { sink, written, draw } = slowSink()
    stream.attach(sink)
    stream.append('begin', 'stdout')
    for (let count = 0; count < 100; count += 1) {
      stream.append('x'.repeat(100_000), 'stdout')
    }
    stream.append('THE END', 'stdout')
    for (let count = 0; count < 1000; count += 1) {
      draw()
    }
    const text = written.join('')
    expect(text.length).toBeLessThan(4_100_000)
    expect(text).toMatch(/^begin\r\n.*[\d,]+ characters are not shown/)
    expect(text.endsWith('THE END')).toBe(true)
    expect(Math.max(...written.map((piece) => piece.length))).toBeLessThan(40_000)
    expect(stream.transcriptCut()).toBe(true)
    expect(stream.transcript().length).toBe(4_000_000)
  })

  it('forgets everything on clear, and a late `done` of before does not mix in', () => {
    const stream = createTerminalStream()
    const { sink, written, draw, waiting } = slowSink()
    stream.attach(sink)
    stream.append('old', 'stdout')
    stream.append('old, not drawn', 'stdout')
    stream.clear()
    stream.append('new', 'stdout')
    stream.append('newer', 'stdout')
    draw()
    expect(written).toEqual(['old', '<reset>', 'new'])
    expect(waiting).toHaveLength(1)
    draw()
    expect(written.at(-1)).toBe('newer')
    expect(stream.transcript()).toBe('newnewer')
  })
})
