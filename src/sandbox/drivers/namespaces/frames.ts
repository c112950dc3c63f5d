/** The service's half of the protocol in `native/src/protocol.h`: building requests, cutting the answers into events. */

export const REQUEST = {
  image: 1,
  open: 2,
  run: 3,
  stdin: 4,
  stdinEnd: 5,
  signal: 6,
  resize: 7,
  acknowledge: 8,
  kill: 9,
  dispose: 10,
  release: 11,
  usage: 12,
  artefacts: 15,
  turns: 16,
  warm: 20,
} as const

export const EVENT = {
  ready: 64,
  image: 65,
  started: 66,
  stdout: 67,
  stderr: 68,
  exited: 69,
  failed: 70,
  disposed: 71,
  stdinTaken: 72,
  usage: 73,
  artefacts: 76,
  turns: 77,
  activity: 80,
} as const

/** Where a file goes; `enum place`. */
export const PLACE = { box: 0, out: 1, outExecutable: 2 } as const

export const RUN_FLAG = { tty: 1, interactive: 2, ephemeral: 4, held: 8, warm: 16, last: 64 } as const

const HEADER_BYTES = 12
/** `FRAME_MAX_PAYLOAD`. A larger one is of no supervisor and no agent, and is not waited for. */
const MAX_PAYLOAD_BYTES = 256 * 2 ** 20
/** Parts from this size on are sent as they are instead of being copied into the frame. */
const COPY_BELOW_BYTES = 16 * 1024

/** One request as the pieces to write, in order. */
export class FrameWriter {
  readonly #pieces: Uint8Array[] = []
  #buffer = Buffer.allocUnsafe(1024)
  #used = HEADER_BYTES
  #start = 0
  #size = 0

  #room(bytes: number): void {
    if (this.#buffer.length - this.#used >= bytes) return
    const grown = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#used - this.#start + bytes))
    this.#buffer.copy(grown, 0, this.#start, this.#used)
    this.#buffer = grown
    this.#used -= this.#start
    this.#start = 0
  }

  u32(value: number): this {
    this.#room(4)
    this.#used = this.#buffer.writeUInt32LE(value, this.#used)
    return this
  }

  u64(value: number): this {
    this.u32(value % 2 ** 32)
    return this.u32(Math.floor(value / 2 ** 32))
  }

  /** Bytes with their length before them. */
  bytes(value: Uint8Array): this {
    this.u32(value.length)
    return this.raw(value)
  }

  raw(value: Uint8Array): this {
    if (value.length < COPY_BELOW_BYTES) {
      this.#room(value.length)
      this.#buffer.set(value, this.#used)
      this.#used += value.length
      return this
    }
    this.#cut()
    this.#pieces.push(value)
    this.#size += value.length
    return this
  }

  string(value: string): this {
    const length = Buffer.byteLength(value)
    this.u32(length)
    this.#room(length)
    this.#used += this.#buffer.write(value, this.#used)
    return this
  }

  #cut(): void {
    if (this.#used === this.#start) return
    this.#pieces.push(this.#buffer.subarray(this.#start, this.#used))
    this.#size += this.#used - this.#start
    this.#start = this.#used
  }

  finish(type: number, id: number): readonly Uint8Array[] {
    this.#cut()
    const first = this.#pieces[0] as Buffer
    first.writeUInt32LE(this.#size - HEADER_BYTES, 0)
    first.writeUInt32LE(type, 4)
    first.writeUInt32LE(id, 8)
    return this.#pieces
  }
}

export interface FrameEvent {
  readonly type: number
  readonly id: number
  /** A view of the received chunk; copy it to keep it. */
  readonly payload: Buffer
}

function payloadSize(data: Buffer, at: number): number {
  const size = data.readUInt32LE(at)
  if (size > MAX_PAYLOAD_BYTES) throw new RangeError(`a frame of ${size} bytes`)
  return size
}

/**
 * Cuts a stream of chunks into events; throws RangeError where it is none. A frame that arrives whole in one chunk is
 * not copied.
 */
export class FrameReader {
  #rest: Buffer[] = []
  #restBytes = 0
  #wanted = HEADER_BYTES

  read(chunk: Buffer, onEvent: (event: FrameEvent) => void): void {
    let data = chunk
    if (this.#restBytes > 0) {
      this.#rest.push(chunk)
      this.#restBytes += chunk.length
      if (this.#restBytes < this.#wanted) return
      data = Buffer.concat(this.#rest, this.#restBytes)
      this.#rest = []
      this.#restBytes = 0
    }
    let at = 0
    this.#wanted = HEADER_BYTES
    while (data.length - at >= HEADER_BYTES) {
      const size = HEADER_BYTES + payloadSize(data, at)
      if (data.length - at < size) {
        this.#wanted = size
        break
      }
      onEvent({
        type: data.readUInt8(at + 4),
        id: data.readUInt32LE(at + 8),
        payload: data.subarray(at + HEADER_BYTES, at + size),
      })
      at += size
    }
    if (at < data.length) {
      this.#rest.push(data.subarray(at))
      this.#restBytes = data.length - at
    }
  }
}

/** Reads the fields of an event's payload in order. */
export class PayloadReader {
  readonly #payload: Buffer
  #at = 0

  constructor(payload: Buffer) {
    this.#payload = payload
  }

  u32(): number {
    const value = this.#payload.readUInt32LE(this.#at)
    this.#at += 4
    return value
  }

  u64(): number {
    const low = this.u32()
    return low + this.u32() * 2 ** 32
  }

  string(): string {
    return this.bytes().toString('utf8')
  }

  /** A view of bytes with their length before them. */
  bytes(): Buffer {
    const length = this.u32()
    this.#at += length
    return this.#payload.subarray(this.#at - length, this.#at)
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#payload.length
  }
}
