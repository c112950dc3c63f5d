/**
 * What one stage wrote: bytes in as they arrive, text out once at the end. Both streams share one buffer in order of
 * arrival; the text of each and of both together is made from it when the stage is over.
 */
import type { OutputStream } from '../contract/execution.js'
import { ByteList } from './byte-list.js'
import { StretchList } from './stretch-list.js'
import { unfinishedTailLength } from './utf8.js'

type PerStream<T> = Readonly<Record<OutputStream, T>>

export interface CapturedOutput extends PerStream<string> {
  /** Both streams in order of arrival. */
  readonly output: string
  readonly truncated: PerStream<boolean>
}

export class OutputBuffer {
  readonly #limitBytes: number
  readonly #bytes = new ByteList()
  readonly #stretches = new StretchList()
  readonly #lengths = { stdout: 0, stderr: 0 }
  readonly #overflowed = { stdout: false, stderr: false }

  /** @param limitBytes of each stream; what comes after is dropped and flagged. */
  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes
  }

  append(stream: OutputStream, chunk: Uint8Array): void {
    const room = this.#limitBytes - this.#lengths[stream]
    if (chunk.length > room) this.#overflowed[stream] = true
    const kept = chunk.length > room ? chunk.subarray(0, room) : chunk
    if (kept.length === 0) return
    this.#bytes.append(kept)
    this.#lengths[stream] += kept.length
    this.#stretches.extend(stream, kept.length)
  }

  /**
   * @param truncated the driver's word on which streams had more to give.
   * @param stopped whether the program was stopped from outside, which may have split its last character.
   */
  finish(truncated: PerStream<boolean>, stopped: boolean): CapturedOutput {
    const flags = {
      stdout: truncated.stdout || this.#overflowed.stdout,
      stderr: truncated.stderr || this.#overflowed.stderr,
    }
    const cut = { stdout: stopped || flags.stdout, stderr: stopped || flags.stderr }
    if (this.#lengths.stderr === 0) {
      const stdout = decode(this.#bytes.view(), cut.stdout)
      return { stdout, stderr: '', output: stdout, truncated: flags }
    }
    if (this.#lengths.stdout === 0) {
      const stderr = decode(this.#bytes.view(), cut.stderr)
      return { stdout: '', stderr, output: stderr, truncated: flags }
    }
    const streams = this.#separate()
    return {
      stdout: decode(streams.stdout, cut.stdout),
      stderr: decode(streams.stderr, cut.stderr),
      output: this.#interleave(streams, cut).toString('utf8'),
      truncated: flags,
    }
  }

  #separate(): PerStream<Buffer> {
    const streams = { stdout: new ByteList(), stderr: new ByteList() }
    const bytes = this.#bytes.view()
    let offset = 0
    this.#stretches.forEach((stream, length) => {
      streams[stream].append(bytes, offset, offset + length)
      offset += length
    })
    return { stdout: streams.stdout.view(), stderr: streams.stderr.view() }
  }

  /** In order of arrival, except that a character whose bytes came in two stretches stands where it was completed. */
  #interleave(streams: PerStream<Buffer>, cut: PerStream<boolean>): Buffer {
    const together = new ByteList()
    const arrived = { stdout: 0, stderr: 0 }
    const placed = { stdout: 0, stderr: 0 }
    const place = (stream: OutputStream, end: number): void => {
      together.append(streams[stream], placed[stream], end)
      placed[stream] = end
    }
    this.#stretches.forEach((stream, length) => {
      arrived[stream] += length
      const bytes = streams[stream]
      const whole = arrived[stream] - unfinishedTailLength(bytes, placed[stream], arrived[stream])
      if (whole === arrived[stream]) return place(stream, whole)
      // Before an unfinished character may stand a broken one, which stray bytes of the other stream must not complete.
      const broken = unfinishedTailLength(bytes, placed[stream], whole)
      place(stream, whole - broken)
      if (broken > 0) together.append(REPLACEMENT)
      placed[stream] = whole
    })
    if (!cut.stdout) place('stdout', streams.stdout.length)
    if (!cut.stderr) place('stderr', streams.stderr.length)
    return together.view()
  }
}

const REPLACEMENT = Buffer.from('\uFFFD')

function decode(bytes: Buffer, cut: boolean): string {
  const end = cut ? bytes.length - unfinishedTailLength(bytes, 0, bytes.length) : bytes.length
  return bytes.toString('utf8', 0, end)
}
