/**
 * Starts programs and owns them: each in a process group of its own, ended as a whole on time-out or interruption,
 * so that nothing outlives the script that started it.
 */
import { spawn } from 'node:child_process'

/** Process groups of the programs that run now. */
const running = new Set()

/** Between the polite signal and the one that cannot be ignored. */
const GRACE_MS = 5000

/** How much of a captured output is kept: its end, where the reason of a failure stands. */
const CAPTURE_CHARACTERS = 64 * 1024

function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal)
  } catch (error) {
    if (error.code !== 'ESRCH') throw error
  }
}

/**
 * Runs a program to its end.
 * `show: true` passes its output through; otherwise the end of it is kept in `output`.
 * Never rejects because the program failed: the caller reads `code`, `signal`, `timedOut` and `output`.
 */
export function run(argv, options = {}) {
  const { cwd, env = {}, timeoutMs = 0, graceMs = GRACE_MS, show = false } = options
  return new Promise((resolve, reject) => {
    const [program, ...args] = argv
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      detached: true,
      stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'],
    })
    let output = ''
    let timedOut = false
    let forced
    const finish = (result) => {
      clearTimeout(timer)
      clearTimeout(forced)
      running.delete(child.pid)
      // The program has ended; what it left in its group ends with it.
      if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL')
      resolve({ output, timedOut, ...result })
    }
    const timer =
      timeoutMs > 0
        ? setTimeout(() => {
            timedOut = true
            signalGroup(child.pid, 'SIGTERM')
            forced = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), graceMs)
          }, timeoutMs)
        : undefined
    for (const stream of show ? [] : [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output = (output + text).slice(-CAPTURE_CHARACTERS)
      })
    }
    child.once('spawn', () => running.add(child.pid))
    child.once('error', (error) => {
      if (child.pid === undefined && error.code === 'ENOENT')
        finish({ code: 127, signal: null, output: `${program}: not found` })
      else reject(error)
    })
    // 'exit' and not 'close': a leftover that holds the pipe open must not hold this script.
    child.once('exit', (code, signal) => setTimeout(() => finish({ code, signal }), 50))
  })
}

/** Ends every program that still runs, at once those that do not listen. */
export async function stopEverything() {
  const groups = [...running]
  groups.forEach((pid) => signalGroup(pid, 'SIGTERM'))
  const deadline = Date.now() + GRACE_MS
  while (running.size > 0 && Date.now() < deadline) await new Promise((done) => setTimeout(done, 50))
  groups.forEach((pid) => signalGroup(pid, 'SIGKILL'))
}

async function stopAndExit(_signal, signalNumber) {
  await stopEverything()
  process.exit(128 + signalNumber)
}

/** On Ctrl-C or SIGTERM: ends what runs, then this program, with the exit code shells expect. */
export function stopOnSignals() {
  const signals = ['SIGINT', 'SIGTERM']
  signals.forEach((signal) => process.once(signal, stopAndExit))
  return () => signals.forEach((signal) => process.off(signal, stopAndExit))
}
