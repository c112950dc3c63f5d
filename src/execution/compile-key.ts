/**
 * The name under which a compile stage's product is kept: a hash of everything that made it. Two stages have the same
 * one only when they were the same in all of it, so what one of them made is what the other would make.
 */
import { createHash } from 'node:crypto'
import type { Hash } from 'node:crypto'
import type { ExecutionPlan, PlannedStage } from './plan.js'

/** Part of every key: to be raised when what is kept, or how a compile stage is run, changes its meaning. */
const FORMAT = 1

export interface CompileInputs {
  readonly language: string
  /** Hash of the language's image. */
  readonly image: string
  readonly driver: string
  readonly entryPoint: string
  readonly sandbox: ExecutionPlan['sandbox']
  readonly command: PlannedStage['command']
}

export function compileKey({ language, image, driver, entryPoint, sandbox, command }: CompileInputs): string {
  const { argv, env, cwd, limits, stdin } = command
  const stdinBytes = stdin === 'interactive' ? Buffer.from(stdin) : stdin
  const key = new FieldHash()
  key.list([String(FORMAT), language, image, driver, sandbox.image, entryPoint, cwd])
  key.list(argv)
  key.list(Object.entries(env).flat())
  key.list([
    limits.wallTimeMs,
    limits.cpuTimeMs,
    limits.memoryBytes,
    limits.maxProcesses,
    limits.outputBytes,
    limits.fileSizeBytes,
    limits.stackBytes ?? 0,
    limits.cpus,
    sandbox.fileSystemBytes,
  ])
  key.list([typeof stdin, stdinBytes])
  key.list(sandbox.files.flatMap(({ name, content }) => [name, content]))
  return key.digest()
}

/** Every list begins with its count and every field with its size: no two sequences of lists are the same bytes. */
class FieldHash {
  readonly #hash: Hash = createHash('sha256')

  list(fields: readonly (string | number | Uint8Array)[]): void {
    this.#size(fields.length)
    for (const field of fields) {
      const bytes = field instanceof Uint8Array ? field : Buffer.from(String(field))
      this.#size(bytes.length)
      this.#hash.update(bytes)
    }
  }

  #size(size: number): void {
    const bytes = Buffer.alloc(8)
    bytes.writeBigUInt64LE(BigInt(size))
    this.#hash.update(bytes)
  }

  digest(): string {
    return this.#hash.digest('hex')
  }
}
