import type { Artefact } from '../../../contract/execution.js'
import type { Command, DriverReport, Outcome, Sandbox, SandboxDriver, SandboxSpec } from '../../driver.js'
import { SandboxError } from '../../driver.js'
import type { FakeProgram } from './process.js'
import { FakeProcess } from './process.js'
import { FAKE_PROGRAMS } from './programs.js'

export interface FakeDriverOptions {
  /** Programs by the name they have in `argv[0]`, beside those of `programs.ts`. */
  readonly programs?: Readonly<Record<string, FakeProgram>>
  /** Images that exist; others are refused. */
  readonly images?: readonly string[]
  /** Called before a sandbox is opened; what it throws is the failure of `open`. */
  readonly beforeOpen?: (spec: SandboxSpec) => void
  /** Called before a sandbox is disposed of; what it throws is the failure of `dispose`. */
  readonly beforeDispose?: (spec: SandboxSpec) => void
}

export interface FakeDriver extends SandboxDriver {
  /** Execution ids of the sandboxes that are open. */
  openSandboxes(): readonly string[]
}

export function createFakeDriver(options: FakeDriverOptions = {}): FakeDriver {
  const programs = new Map(Object.entries({ ...FAKE_PROGRAMS, ...options.programs }))
  const images = new Set(options.images ?? ['fake'])
  const open = new Set<FakeSandbox>()
  let closed = false
  return {
    name: 'fake',
    probe: () => Promise.resolve(REPORT),
    open: async (spec) => {
      if (closed) throw new SandboxError('closed', 'the driver is closed')
      options.beforeOpen?.(spec)
      if (!images.has(spec.image)) throw new SandboxError('image', `there is no image ${spec.image}`)
      const sandbox = new FakeSandbox(spec, programs, () => {
        if (open.delete(sandbox)) options.beforeDispose?.(spec)
      })
      open.add(sandbox)
      return sandbox
    },
    close: async () => {
      closed = true
      await Promise.all(Array.from(open, (sandbox) => sandbox.dispose()))
    },
    openSandboxes: () => Array.from(open, (sandbox) => sandbox.executionId),
  }
}

/** A quarter of the usual stack, as Linux has it. */
const LONGEST_COMMAND_LINE = 2_097_152

const REPORT: DriverReport = {
  driver: 'fake',
  usable: true,
  checks: [{ name: 'memory', ok: true, required: true, detail: 'everything happens in this process' }],
}

/** The folder of compiled artefacts. */
const OUT = '/out/'

class FakeSandbox implements Sandbox {
  readonly executionId: string
  readonly #programs: ReadonlyMap<string, FakeProgram>
  readonly #files: Map<string, Uint8Array>
  readonly #sources: ReadonlySet<string>
  readonly #onDispose: () => void
  #running: { readonly process: FakeProcess; readonly outcome: Promise<Outcome> } | undefined
  #disposed = false

  constructor(spec: SandboxSpec, programs: ReadonlyMap<string, FakeProgram>, onDispose: () => void) {
    this.executionId = spec.executionId
    this.#programs = programs
    this.#files = new Map([
      ...spec.files.map(({ name, content }) => [`/box/${name}`, content] as const),
      ...(spec.artefacts ?? []).map(({ name, content }) => [`${OUT}${name}`, content] as const),
    ])
    this.#sources = new Set(this.#files.keys())
    this.#onDispose = onDispose
  }

  async run(command: Command, signal?: AbortSignal): Promise<Outcome> {
    if (this.#disposed) throw new SandboxError('disposed', 'the sandbox is gone')
    if (this.#running !== undefined) throw new SandboxError('busy', 'a command is running already')
    const name = command.argv[0] ?? ''
    const program = this.#programs.get(name)
    if (program === undefined) throw new SandboxError('exec', `there is no ${name}`, { errno: 'ENOENT' })
    if (command.argv.join('').length > LONGEST_COMMAND_LINE) {
      throw new SandboxError('exec', 'the arguments are too long', { errno: 'E2BIG' })
    }
    const process = new FakeProcess(command, command.ephemeral === true ? this.#copyOfFiles() : this.#files)
    const cancel = (): void => process.stop('cancelled')
    if (signal?.aborted === true) cancel()
    signal?.addEventListener('abort', cancel)
    try {
      const outcome = process.run(program)
      this.#running = { process, outcome }
      command.onStart?.(process)
      return await outcome
    } finally {
      this.#running = undefined
      signal?.removeEventListener('abort', cancel)
    }
  }

  /** What an ephemeral command may change; its /tmp and /dev/shm are empty. */
  #copyOfFiles(): Map<string, Uint8Array> {
    return new Map([...this.#files].filter(([path]) => !/^\/(tmp|dev\/shm)\//u.test(path)))
  }

  artefacts(mostBytes: number): Promise<readonly Artefact[] | undefined> {
    const left = Array.from(this.#files).filter(([path]) => path.startsWith(OUT))
    const bytes = left.reduce((sum, [, content]) => sum + content.length, 0)
    const isElsewhere = [...this.#files.keys()].some(
      (path) => !path.startsWith(OUT) && !this.#sources.has(path),
    )
    if (isElsewhere || bytes > mostBytes) return Promise.resolve(undefined)
    return Promise.resolve(
      left.map(([path, content]) => ({ name: path.slice(OUT.length), content, executable: false })),
    )
  }

  async dispose(): Promise<void> {
    this.#disposed = true
    const running = this.#running
    running?.process.stop('cancelled')
    await running?.outcome
    this.#files.clear()
    this.#onDispose()
  }
}
