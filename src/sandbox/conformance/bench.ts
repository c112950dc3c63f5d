/** Opens sandboxes, runs programs in them and gives back everything they did; every case goes through it. */
import { randomUUID } from 'node:crypto'

import type { Artefact, OutputStream, SourceFile } from '../../contract/execution.js'
import type {
  Command,
  CommandLimits,
  Outcome,
  RunningCommand,
  Sandbox,
  SandboxDriver,
  SandboxSpec,
} from '../driver.js'
import type { ConformancePrograms, ProgramName } from './programs.js'

export const KIB = 1024
export const MIB = 1_048_576

/** Far above what any case uses, so that a case meets only the limit it is about. */
const LIMITS: CommandLimits = {
  wallTimeMs: 20_000,
  cpuTimeMs: 10_000,
  memoryBytes: 128 * MIB,
  maxProcesses: 32,
  outputBytes: 256 * KIB,
  fileSizeBytes: 32 * MIB,
  cpus: 1,
}

/** PATH is what `prepare` needs. */
const ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin' }

export interface SpecOptions {
  readonly files?: readonly SourceFile[]
  readonly artefacts?: readonly Artefact[]
  readonly fileSystemBytes?: number
}

export interface RunOptions {
  readonly limits?: Partial<CommandLimits>
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly stdin?: Command['stdin']
  readonly tty?: Command['tty']
  readonly ephemeral?: boolean
  readonly last?: boolean
  readonly signal?: AbortSignal
  readonly onStart?: (running: RunningCommand) => void
  readonly onActivity?: Command['onActivity']
  readonly onOutput?: Command['onOutput']
}

export interface Ended extends Outcome {
  readonly stdout: Buffer
  readonly stderr: Buffer
  /** Standard output as text, split at newlines, the last empty one left out. */
  readonly lines: readonly string[]
}

export class BenchSandbox {
  readonly sandbox: Sandbox
  readonly #programs: ConformancePrograms

  constructor(sandbox: Sandbox, programs: ConformancePrograms) {
    this.sandbox = sandbox
    this.#programs = programs
  }

  run(program: ProgramName, args: readonly string[] = [], options: RunOptions = {}): Promise<Ended> {
    return this.exec(this.#programs.argv(program, args), options)
  }

  async exec(argv: readonly string[], options: RunOptions = {}): Promise<Ended> {
    const chunks: Record<OutputStream, Uint8Array[]> = { stdout: [], stderr: [] }
    const { tty, ephemeral, last, onStart, onActivity, onOutput, signal } = options
    const command: Command = {
      argv,
      env: options.env ?? ENVIRONMENT,
      cwd: options.cwd ?? '',
      stdin: options.stdin ?? new Uint8Array(),
      limits: { ...LIMITS, ...options.limits },
      ...(tty !== undefined && { tty }),
      ...(ephemeral !== undefined && { ephemeral }),
      ...(last !== undefined && { last }),
      ...(onStart !== undefined && { onStart }),
      ...(onActivity !== undefined && { onActivity }),
      onOutput: (stream, chunk) => {
        chunks[stream].push(Buffer.from(chunk))
        return onOutput?.(stream, chunk)
      },
    }
    const outcome = await this.sandbox.run(command, signal)
    const stdout = Buffer.concat(chunks.stdout)
    const lines = stdout.toString('latin1').split('\n')
    if (lines.at(-1) === '') lines.pop()
    return { ...outcome, stdout, stderr: Buffer.concat(chunks.stderr), lines }
  }
}

export class Bench {
  readonly driver: SandboxDriver
  readonly programs: ConformancePrograms
  readonly #files: readonly SourceFile[]

  constructor(driver: SandboxDriver, programs: ConformancePrograms, files: readonly SourceFile[]) {
    this.driver = driver
    this.programs = programs
    this.#files = files
  }

  /** One program in a sandbox of its own. */
  run(
    program: ProgramName,
    args: readonly string[] = [],
    options: RunOptions & SpecOptions = {},
  ): Promise<Ended> {
    return this.inSandbox((box) => box.run(program, args, { last: true, ...options }), options)
  }

  async inSandbox<T>(use: (box: BenchSandbox) => Promise<T>, options: SpecOptions = {}): Promise<T> {
    const box = await this.open(options)
    try {
      return await use(box)
    } finally {
      await box.sandbox.dispose()
    }
  }

  /** A prepared sandbox that the caller disposes of. */
  async open(options: SpecOptions = {}): Promise<BenchSandbox> {
    const { image, prepare } = this.programs
    const spec: SandboxSpec = {
      executionId: randomUUID(),
      image,
      files: [...this.#files, ...(options.files ?? [])],
      ...(options.artefacts !== undefined && { artefacts: options.artefacts }),
      fileSystemBytes: options.fileSystemBytes ?? 64 * MIB,
    }
    const box = new BenchSandbox(await this.driver.open(spec), this.programs)
    if (prepare === undefined) return box
    try {
      const ended = await box.exec(prepare)
      if (ended.exitCode === 0) return box
      throw new Error(`preparing a sandbox failed: ${ended.stderr.toString()}`)
    } catch (error) {
      await box.sandbox.dispose()
      throw error
    }
  }
}

/** A source file of text. */
export function textFile(name: string, text: string): SourceFile {
  return { name, content: Buffer.from(text) }
}

/** Splits `KEY VALUE` lines at the last space. */
export function byKey(lines: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    lines.map((line) => {
      const space = line.lastIndexOf(' ')
      return [line.slice(0, space), line.slice(space + 1)]
    }),
  )
}
