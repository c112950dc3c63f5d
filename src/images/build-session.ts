/**
 * Where images are built: a mount and a pid namespace of their own, held by one process that reads from us.
 * When we end, however we end, it reads the end of its input and goes; with it go every process and every mount that
 * the build made, and the lock that keeps two builders apart. Nothing is mounted where others could see it.
 */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { ImageBuildError } from './build-error.js'
import type { BuildLog } from './build-log.js'

/** Longest silence before somebody is told that another process holds the lock. */
const LOCK_NOTICE_MS = 1000
/** Longest that one command of a build may take. */
const COMMAND_TIMEOUT_MS = 30 * 60_000

export interface SessionOptions {
  readonly lockFile: string
  /** Called when another process holds the lock. */
  readonly onWaiting: () => void
  readonly signal?: AbortSignal | undefined
}

export interface CommandOptions {
  readonly log: BuildLog
  /** Receives each line that the command writes to descriptor 3. */
  readonly onStatus?: (line: string) => void
  /** Receives each line of standard output and standard error; all of them are logged. */
  readonly onLine?: (line: string) => void
}

export interface BuildSession {
  /** Runs one command in the namespaces, with our environment; resolves with its standard output. */
  run(argv: readonly [string, ...string[]], options: CommandOptions): Promise<string>
  /** Ends every process, mount and the lock. */
  close(): Promise<void>
}

/** Waits for the lock, then opens the namespaces. */
export async function openBuildSession(options: SessionOptions): Promise<BuildSession> {
  mkdirSync(path.dirname(options.lockFile), { recursive: true })
  closeSync(openSync(options.lockFile, 'a'))
  // flock and unshare replace themselves or wait, so the lock lives as long as the namespaces.
  const holder = spawn(
    'flock',
    [
      '--exclusive',
      '--no-fork',
      options.lockFile,
      'unshare',
      '--mount',
      '--propagation=private',
      '--pid',
      '--fork',
      '--kill-child',
      '--mount-proc',
      'cat',
    ],
    { stdio: ['pipe', 'pipe', 'pipe'] },
  )
  const ended = new Promise<void>((resolve) => {
    holder.once('close', () => resolve())
    holder.once('error', () => resolve())
  })
  const close = async (): Promise<void> => {
    holder.stdin.destroy()
    holder.kill('SIGKILL')
    await ended
  }
  const abort = (): void => void close()
  options.signal?.addEventListener('abort', abort, { once: true })
  try {
    await untilReady(holder, options.onWaiting)
  } catch (error) {
    await close()
    throw error
  }
  return {
    run: (argv, commandOptions) => runInside(holder, argv, commandOptions),
    async close() {
      options.signal?.removeEventListener('abort', abort)
      await close()
    },
  }
}

/** The holder echoes a line once the lock is ours and the namespaces exist. */
async function untilReady(holder: ChildProcess, onWaiting: () => void): Promise<void> {
  const notice = setTimeout(onWaiting, LOCK_NOTICE_MS)
  let complaint = ''
  holder.stderr?.on('data', (chunk: Buffer) => (complaint += chunk.toString()))
  holder.stdin?.on('error', () => undefined)
  holder.stdin?.write('ready\n')
  try {
    await new Promise<void>((resolve, reject) => {
      holder.stdout?.once('data', () => resolve())
      holder.once('error', (cause) =>
        reject(new ImageBuildError(`Images cannot be built: ${cause.message}`, { cause })),
      )
      holder.once('close', () =>
        reject(new ImageBuildError(`Images cannot be built here: ${complaint.trim() || 'interrupted'}`)),
      )
    })
  } finally {
    clearTimeout(notice)
  }
}

/** What package tools make has the modes that Debian's own build gives it. */
const WITH_USUAL_UMASK = ['sh', '-c', 'umask 022; exec "$@"', 'sh']

async function runInside(
  holder: ChildProcess,
  argv: readonly string[],
  { log, onStatus, onLine }: CommandOptions,
): Promise<string> {
  log.write(`$ ${argv.join(' ')}`)
  // unshare itself stays in our pid namespace; only its children are in the new one.
  const namespaces = [`--mount=/proc/${holder.pid}/ns/mnt`, `--pid=/proc/${holder.pid}/ns/pid_for_children`]
  const child = spawn('nsenter', [...namespaces, '--', ...WITH_USUAL_UMASK, ...argv], {
    stdio: ['ignore', 'pipe', 'pipe', onStatus ? 'pipe' : 'ignore'],
    timeout: COMMAND_TIMEOUT_MS,
    killSignal: 'SIGKILL',
  })
  const [, stdout, stderr, status] = child.stdio
  let output = ''
  stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()))
  for (const stream of [stdout, stderr]) {
    if (!stream) continue
    createInterface({ input: stream }).on('line', (line) => {
      log.write(line)
      onLine?.(line)
    })
  }
  let lastWords = ''
  stderr?.on('data', (chunk: Buffer) => (lastWords = chunk.toString().trim() || lastWords))
  if (onStatus && status instanceof Readable) createInterface({ input: status }).on('line', onStatus)
  await once(child, 'close')
  if (child.exitCode === 0) return output
  const end = child.signalCode === null ? `exited with ${child.exitCode}` : `was ended by ${child.signalCode}`
  const said = lastWords.split('\n').at(-1) ?? ''
  throw new ImageBuildError(`${commandName(argv)} ${end}${said === '' ? '' : ` (${said})`}`)
}

/** The command's own name, past the programs that only prepare for it. */
function commandName(argv: readonly string[]): string {
  const wrappers = new Set(['env', 'unshare', 'chroot', 'nsenter'])
  const own = argv.find((word) => !wrappers.has(word) && !/^-|=|^\//u.test(word)) ?? argv[0] ?? ''
  return path.basename(own)
}
