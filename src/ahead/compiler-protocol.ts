/** What is said to a resident compiler, and what it answers. Its answers are checked as any stranger's. */
import type { Artefact, SourceFile } from '../contract/execution.js'

/** Codes beside those of the compiler itself. */
export const UNUSABLE = 255

export interface CompilerAnswer {
  readonly code: number
  readonly diagnostics: Buffer
  readonly artefacts: readonly Artefact[]
}

/** Longest name of a file or folder that the kernel takes, and of a whole path. */
const MAX_NAME_BYTES = 255
const MAX_PATH_BYTES = 1024
const MAX_ARTEFACTS = 4096

export function encodeRequest(entryPoint: string, files: readonly SourceFile[]): Buffer {
  const fields = [sized(Buffer.from(entryPoint)), number(files.length)]
  for (const { name, content } of files) fields.push(sized(Buffer.from(name)), sized(content))
  return sized(Buffer.concat(fields))
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

function sized(bytes: Uint8Array): Buffer {
  return Buffer.concat([number(bytes.length), bytes])
}

/** Undefined where the answer is not of the protocol, or names files that cannot be. */
export function decodeAnswer(answer: Buffer): CompilerAnswer | undefined {
  let at = 1
  const take = (size: number): Buffer => {
    if (at + size > answer.length) throw new RangeError('an answer that ends early')
    at += size
    return answer.subarray(at - size, at)
  }
  const bytes = (): Buffer => take(take(4).readUInt32BE())
  try {
    const code = answer.readUInt8(0)
    const diagnostics = bytes()
    const count = take(4).readUInt32BE()
    if (count > MAX_ARTEFACTS) return undefined
    const artefacts = Array.from({ length: count }, () => ({
      name: bytes().toString(),
      content: bytes(),
      executable: false,
    }))
    if (at !== answer.length || !areNames(artefacts.map(({ name }) => name))) return undefined
    return { code, diagnostics, artefacts }
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** Each below the folder and once, none in the place of another's folder. */
function areNames(names: readonly string[]): boolean {
  const folders = new Set<string>()
  for (const name of names) {
    const parts = name.split('/')
    if (Buffer.byteLength(name) > MAX_PATH_BYTES || /[\0\uFFFD]/u.test(name)) return false
    if (parts.some((part) => part === '' || part === '.' || part === '..')) return false
    if (parts.some((part) => Buffer.byteLength(part) > MAX_NAME_BYTES)) return false
    for (let depth = 1; depth < parts.length; depth++) folders.add(parts.slice(0, depth).join('/'))
  }
  return new Set(names).size === names.length && !names.some((name) => folders.has(name))
}

/** More than any compiler makes of the largest request; above it the answer is a subverted compiler's. */
const MAX_ANSWER_BYTES = 64 * 2 ** 20

/** Puts a compiler's output together to answers. Throws RangeError where it is none, after which nothing is of use. */
export class AnswerReader {
  readonly #size = Buffer.alloc(4)
  #sizeBytes = 0
  #answer: Buffer | undefined
  #answerBytes = 0

  /** The answer that this chunk completes. More than one is never under way. */
  read(chunk: Uint8Array): Buffer | undefined {
    const rest = this.#answer === undefined ? this.#readSize(chunk) : chunk
    const answer = this.#answer
    if (answer === undefined) return undefined
    if (this.#answerBytes + rest.length > answer.length) throw new RangeError('more than one answer')
    answer.set(rest, this.#answerBytes)
    this.#answerBytes += rest.length
    if (this.#answerBytes < answer.length) return undefined
    this.#answer = undefined
    this.#answerBytes = 0
    this.#sizeBytes = 0
    return answer
  }

  /** What is left of the chunk after the size of the answer. */
  #readSize(chunk: Uint8Array): Uint8Array {
    const taken = chunk.subarray(0, this.#size.length - this.#sizeBytes)
    this.#size.set(taken, this.#sizeBytes)
    this.#sizeBytes += taken.length
    if (this.#sizeBytes === this.#size.length) {
      const size = this.#size.readUInt32BE()
      if (size > MAX_ANSWER_BYTES) throw new RangeError(`an answer of ${size} bytes`)
      this.#answer = Buffer.allocUnsafe(size)
    }
    return chunk.subarray(taken.length)
  }
}
