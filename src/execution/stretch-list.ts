import type { OutputStream } from '../contract/execution.js'
import { ByteList } from './byte-list.js'

/**
 * Lengths of the stretches that came from one stream without interruption. They alternate between the streams, so
 * only the first one's stream is kept, and each finished length takes seven bits a byte: never more bytes than the
 * output itself has, however finely a program alternates.
 */
export class StretchList {
  readonly #finished = new ByteList()
  #first: OutputStream = 'stdout'
  #last: OutputStream = 'stdout'
  #lastLength = 0

  extend(stream: OutputStream, length: number): void {
    if (this.#lastLength === 0) this.#first = stream
    else if (stream !== this.#last) this.#finishLast()
    this.#last = stream
    this.#lastLength += length
  }

  forEach(visit: (stream: OutputStream, length: number) => void): void {
    let stream = this.#first
    let length = 0
    let scale = 1
    const finished = this.#finished.view()
    for (let index = 0; index < finished.length; index++) {
      const byte = finished[index] ?? 0
      length += (byte & 0x7f) * scale
      scale *= 128
      if (byte >= 0x80) continue
      visit(stream, length)
      stream = stream === 'stdout' ? 'stderr' : 'stdout'
      length = 0
      scale = 1
    }
    if (this.#lastLength > 0) visit(this.#last, this.#lastLength)
  }

  #finishLast(): void {
    let rest = this.#lastLength
    while (rest >= 0x80) {
      this.#finished.push((rest % 128) | 0x80)
      rest = Math.floor(rest / 128)
    }
    this.#finished.push(rest)
    this.#lastLength = 0
  }
}
