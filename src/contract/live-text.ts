/** Output as text while it is written: bytes of one stage in, in order; text out that never ends inside a character. */
import { TextDecoder } from 'node:util'
import type { OutputStream, StageResult } from './execution.js'

const STREAMS = ['stdout', 'stderr'] as const

/** A piece of one stream, never empty. */
export interface TextPiece {
  readonly stream: OutputStream
  readonly data: string
}

export class LiveText {
  readonly #decoders: Readonly<Record<OutputStream, TextDecoder>> = {
    stdout: newDecoder(),
    stderr: newDecoder(),
  }

  /** The text that has become whole with these bytes; empty while the first character is unfinished. */
  write(stream: OutputStream, chunk: Uint8Array): string {
    return this.#decoders[stream].decode(chunk, { stream: true })
  }

  /**
   * What is left when the stage is over. A character that the program left unfinished is shown as broken; one that
   * was cut by a limit or a stop is left out, as in results.
   */
  end({ stopReason, truncated }: Pick<StageResult, 'stopReason' | 'truncated'>): readonly TextPiece[] {
    if (stopReason !== null) return []
    return STREAMS.filter((stream) => !truncated[stream])
      .map((stream) => ({ stream, data: this.#decoders[stream].decode() }))
      .filter(({ data }) => data !== '')
  }
}

function newDecoder(): TextDecoder {
  // A byte order mark is output like any other.
  return new TextDecoder('utf-8', { ignoreBOM: true })
}
