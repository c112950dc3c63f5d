/**
 * A sandbox driver: a way to run one execution's commands so that they see nothing of the host, of the service
 * or of any other execution, and so that every limit holds.
 *
 * Promised: a requested limit is enforced or `open`/`run` reject; a command's end, whatever ended it, is an
 * Outcome; only the platform's own failures reject, with SandboxError. When `run` resolves, every process the
 * command started is gone; when `dispose` resolves, every trace of the sandbox is gone.
 *
 * Not in this interface: languages, stages, verdicts, decoding of output, queueing.
 */
import type { Artefact, OutputStream, SourceFile, Usage } from '../contract/execution.js'
import type { StopReason } from '../contract/verdict.js'

/** What this host can enforce through this driver. */
export interface DriverReport {
  readonly driver: string
  /** True when every check that is required passed. */
  readonly usable: boolean
  readonly checks: readonly DriverCheck[]
}

export interface DriverCheck {
  readonly name: string
  readonly ok: boolean
  /** A check that is not required weakens nothing when it fails. */
  readonly required: boolean
  /** What was found, and when it failed what to do about it. */
  readonly detail: string
}

export interface SandboxSpec {
  /** Names the sandbox in logs; unique among those open. */
  readonly executionId: string
  /** Image to run in, by its language id. */
  readonly image: string
  /** Written to the work folder before the first command, owned by root, not writable by the program. */
  readonly files: readonly SourceFile[]
  /** Written to the folder of compiled artefacts, as if a command of this sandbox had made them. */
  readonly artefacts?: readonly Artefact[]
  /** Bytes of all files in the work folder, /tmp and /dev/shm. */
  readonly fileSystemBytes: number
}

/** Room for deep recursion, eight times as much as most systems give. */
export const USUAL_STACK_BYTES = 64 << 20

export interface CommandLimits {
  readonly wallTimeMs: number
  readonly cpuTimeMs: number
  readonly memoryBytes: number
  readonly maxProcesses: number
  /** Per stream; in tty mode there is one stream. */
  readonly outputBytes: number
  readonly fileSizeBytes: number
  /** What the stack of the main thread may grow to; USUAL_STACK_BYTES unless told. */
  readonly stackBytes?: number
  /** CPUs it may use at once; may be a fraction. */
  readonly cpus: number
}

export interface TerminalSize {
  readonly cols: number
  readonly rows: number
}

export interface Command {
  /** First element is looked up in PATH of `env` inside the image. */
  readonly argv: readonly string[]
  /** The whole environment; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>
  /** Relative to the work folder; the work folder itself when empty. */
  readonly cwd: string
  /** All of standard input; `'interactive'` leaves it open for RunningCommand.write. */
  readonly stdin: Uint8Array | 'interactive'
  readonly limits: CommandLimits
  /**
   * Show the command the sandbox's files as earlier commands left them, and forget everything it changes: the next
   * command finds them as this one did. Its /tmp and /dev/shm start empty. For running one compiled program many times.
   */
  readonly ephemeral?: boolean
  /**
   * The program's start may be taken from what the driver has prepared for exactly this command and environment. A
   * driver that has nothing ready starts it as any other; the program cannot tell.
   */
  readonly warm?: boolean
  /**
   * No command comes after it: a driver may dispose of the sandbox when it ends, unasked, so that `dispose` has nothing
   * left to wait for. Nothing that the command leaves can be asked for then.
   */
  readonly last?: boolean
  /** Give the program a terminal of this size for its standard streams. */
  readonly tty?: TerminalSize
  /**
   * Receives output as it comes, never more than the output limit. The driver stops reading from the program while
   * a returned promise is pending, so a slow reader slows the program down.
   */
  readonly onOutput: (stream: OutputStream, chunk: Uint8Array) => void | Promise<void>
  /**
   * Told when the command has used no CPU for most of a second, and when it uses some again. Nothing is told of one that
   * ends before. Only where the driver can tell.
   */
  readonly onActivity?: (isActive: boolean) => void
  /** Called once the command exists, with the means to talk to it. */
  readonly onStart?: (running: RunningCommand) => void
}

export interface RunningCommand {
  /** Queues bytes for standard input; resolves when the driver has taken them. Ignored after the program's end. */
  write(chunk: Uint8Array): Promise<void>
  endInput(): void
  /** Sends a signal by name (`SIGINT`) to the main process, in tty mode to the foreground process group. */
  signal(name: string): void
  resize(size: TerminalSize): void
  /** What the command has used so far; null once it has ended. Only where the driver can tell. */
  usage?(): Promise<ResourceUse | null>
}

export interface ResourceUse {
  readonly cpuTimeMs: number
  /** Most memory in use at any time so far. */
  readonly memoryBytes: number
}

/** What the kernel reported about one command. */
export interface Outcome {
  readonly exitCode: number | null
  readonly signal: string | null
  /** First cause for which the driver stopped the command, or null when it ended by itself. */
  readonly stopReason: StopReason | null
  /** True where the stream had more to give than the limit. */
  readonly truncated: { readonly stdout: boolean; readonly stderr: boolean }
  readonly usage: Usage
}

/** Of a command that was cancelled before it began. */
export const CANCELLED: Outcome = {
  exitCode: null,
  signal: 'SIGKILL',
  stopReason: 'cancelled',
  truncated: { stdout: false, stderr: false },
  usage: { wallTimeMs: 0, cpuTimeMs: 0, memoryBytes: 0 },
}

export interface Sandbox {
  /** Runs one command to its end. Aborting the signal kills it with stopReason `cancelled`. One at a time. */
  run(command: Command, signal?: AbortSignal): Promise<Outcome>
  /**
   * What the commands so far have left, where another sandbox opened with it as `artefacts` would be the same to any
   * program. Undefined where it would not: files outside the folder of artefacts, links, pipes, unusual modes or
   * dates, more than `mostBytes`. Between two commands; changes nothing. Only where the driver can.
   */
  artefacts?(mostBytes: number): Promise<readonly Artefact[] | undefined>
  /** Ends what still runs and removes every trace. Safe to call twice. */
  dispose(): Promise<void>
}

/** What a command needs to be started before it is known what for: a runtime that will be told. */
export interface HeldSpec extends Omit<SandboxSpec, 'files' | 'artefacts'> {
  /** `limits.fileSizeBytes` stays as it is here; the others are replaced by the release's. */
  readonly command: Pick<Command, 'argv' | 'env' | 'cwd' | 'limits'>
}

/** The execution that a held command gets. */
export interface Release extends Required<Pick<SandboxSpec, 'files' | 'artefacts' | 'fileSystemBytes'>> {
  /** What the runtime reads from its standard input before the program's own input. */
  readonly task: Uint8Array
  readonly command: Pick<Command, 'stdin' | 'limits' | 'onOutput' | 'onActivity' | 'onStart'>
}

/** A sandbox with a command that was started and waits for one execution. Single use. */
export interface HeldSandbox {
  /** Resolves once the command exists; rejects where it could not be started. */
  readonly started: Promise<void>
  /** Resolves when it ended unasked; it is of no use then and must be disposed of. */
  readonly ended: Promise<void>
  /** As Sandbox.run: time and CPU are counted from here. */
  release(release: Release, signal?: AbortSignal): Promise<Outcome>
  dispose(): Promise<void>
}

export interface SandboxDriver {
  readonly name: string
  probe(): Promise<DriverReport>
  open(spec: SandboxSpec): Promise<Sandbox>
  /** Starts a command ahead; only where the driver can. It takes one of the driver's places until it is disposed of. */
  hold?(spec: HeldSpec): Promise<HeldSandbox>
  /** Ends every sandbox and releases everything the driver holds. */
  close(): Promise<void>
}

/** The step of making a sandbox that failed, so that one log line tells an operator where to look. */
export class SandboxError extends Error {
  override readonly name = 'SandboxError'
  /** The step that failed: `mount`, `cgroup`, `exec`, `supervisor`… */
  readonly step: string
  /** Symbolic errno of the failed call (`ENOENT`), where there was one. */
  readonly errno: string | undefined

  constructor(step: string, message: string, options: ErrorOptions & { errno?: string } = {}) {
    super(message, options)
    this.step = step
    this.errno = options.errno
  }
}
