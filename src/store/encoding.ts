/** Records as bytes: JSON that knows byte arrays, deflated where that helps. */
import { constants, deflateRaw, inflateRaw } from 'node:zlib'
import { promisify } from 'node:util'

const deflateAsync = promisify(deflateRaw)
const inflateAsync = promisify(inflateRaw)

const PLAIN = 0
const DEFLATED = 1
/** Shorter texts are not worth the trip to another thread. */
const DEFLATE_FROM_BYTES = 2048
const BYTES_KEY = '$bytes'

export async function encode(value: unknown): Promise<Uint8Array> {
  const text = Buffer.from(JSON.stringify(value, bytesToText))
  if (text.length < DEFLATE_FROM_BYTES) return Buffer.concat([Buffer.of(PLAIN), text])
  const deflated = await deflateAsync(text, { level: constants.Z_BEST_SPEED })
  return Buffer.concat([Buffer.of(DEFLATED), deflated])
}

/** What `encode` was given; the caller knows its type. */
export async function decode<T>(bytes: Uint8Array): Promise<T> {
  const body = Buffer.from(bytes.buffer, bytes.byteOffset + 1, bytes.byteLength - 1)
  const text = bytes[0] === DEFLATED ? await inflateAsync(body) : body
  return JSON.parse(text.toString('utf8'), textToBytes) as T
}

export async function decodeNullable<T>(bytes: Uint8Array | null | undefined): Promise<T | null> {
  return bytes === null || bytes === undefined ? null : decode<T>(bytes)
}

function bytesToText(this: unknown, key: string, value: unknown): unknown {
  // JSON.stringify has called a Buffer's toJSON already; the holder still has the bytes.
  const original: unknown = typeof this === 'object' && this !== null ? Reflect.get(this, key) : value
  if (!(original instanceof Uint8Array)) return value
  const { buffer, byteOffset, byteLength } = original
  return { [BYTES_KEY]: Buffer.from(buffer, byteOffset, byteLength).toString('base64') }
}

/** Only our own records are decoded, and none of them has an object of one key by that name for another reason. */
function textToBytes(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !(BYTES_KEY in value)) return value
  return Uint8Array.from(Buffer.from(String(value[BYTES_KEY]), 'base64'))
}
