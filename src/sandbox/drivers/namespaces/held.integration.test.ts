/** Commands that are started ahead and released later, in the real supervisor: what they get, and what is counted. */
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { CommandLimits, HeldSandbox, Release } from '../../driver.js'
import { createNamespacesDriver, type NamespacesDriver } from './driver.js'
import { findLeftovers } from './leftovers.js'

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url))
const PROGRAM = process.env['CODEEXEC_TEST_SUPERVISOR'] ?? path.join(ROOT, 'native/build/codeexec-supervisor')
const IMAGES = path.join(process.env['CODEEXEC_TEST_DATA_DIR'] ?? '/var/lib/codeexec', 'images')
const FIRST_UID = 1_200_000 + (process.pid % 4096) * 16
const SLOTS = 3
const IMAGE = 'bash'

/** Stands for a runtime: its task is a script of one line, which it then runs. */
const RUNTIME = 'IFS= read -r task; eval "$task"'
const LIMITS: CommandLimits = {
  wallTimeMs: 60_000,
  cpuTimeMs: 60_000,
  memoryBytes: 64 << 20,
  maxProcesses: 16,
  outputBytes: 65_536,
  fileSizeBytes: 1 << 20,
  cpus: 1,
}

const unfit =
  process.getuid?.() !== 0 ? 'needs root' : existsSync(PROGRAM) ? undefined : `${PROGRAM} has not been built`

/** Until a program of these sandboxes has used 50 ms of CPU and now waits for input: its work before the release is done. */
async function untilOneSleepsAfterWork(): Promise<void> {
  for (;;) {
    for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
      const [status, stat] = await Promise.all(
        ['status', 'stat'].map((name) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '')),
      )
      const uid = Number(/^Uid:\t(\d+)/m.exec(status!)?.[1] ?? -1)
      const [state, ...rest] = stat!.slice(stat!.lastIndexOf(')') + 2).split(' ')
      const userTicks = Number(rest[10])
      if (uid >= FIRST_UID && uid < FIRST_UID + SLOTS && state === 'S' && userTicks >= 5) return
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

describe.skipIf(unfit)(`held commands${unfit ? ` (${unfit})` : ''}`, () => {
  let driver: NamespacesDriver
  const open: HeldSandbox[] = []

  beforeAll(async () => {
    const names = await readdir(IMAGES)
    const layers = [IMAGE, 'base'].map((layer) => {
      const name = names.find((candidate) => new RegExp(`^${layer}-[0-9a-f]+$`).test(candidate))
      if (!name) throw new Error(`no image ${layer} in ${IMAGES}; run: npx codeexec images build ${IMAGE}`)
      return path.join(IMAGES, name, 'rootfs')
    })
    driver = createNamespacesDriver({
      program: PROGRAM,
      slots: SLOTS,
      firstUid: FIRST_UID,
      image: () => ({ name: IMAGE, layers }),
    })
    await driver.start()
  })
  afterAll(() => driver.close())

  async function hold(script = RUNTIME, limits = LIMITS): Promise<HeldSandbox> {
    const held = await driver.hold!({
      executionId: 'ahead',
      image: IMAGE,
      fileSystemBytes: 1 << 20,
      command: { argv: ['bash', '-c', script], env: { PATH: '/usr/bin:/bin' }, cwd: '', limits },
    })
    open.push(held)
    await held.started
    return held
  }

  const output: Record<string, string> = { stdout: '', stderr: '' }
  function release(task: string, more: Partial<Release> = {}, limits: Partial<CommandLimits> = {}): Release {
    output['stdout'] = output['stderr'] = ''
    return {
      task: Buffer.from(`${task}\n`),
      files: [],
      artefacts: [],
      fileSystemBytes: 1 << 20,
      command: {
        stdin: new Uint8Array(),
        limits: { ...LIMITS, ...limits },
        onOutput: (stream, chunk) => {
          output[stream] += Buffer.from(chunk).toString()
        },
      },
      ...more,
    }
  }

  it('gets its files, as whom they belong to, and its input after its task', async () => {
    const held = await hold()
    const task =
      'cd /; stat -c "%n %a %u" box/a/main.txt; stat -c "%n %a" out/x.class out/x; cat box/a/main.txt -'
    const request = release(task, {
      files: [{ name: 'a/main.txt', content: Buffer.from('source ') }],
      artefacts: [
        { name: 'x.class', content: Buffer.from('c'), executable: false },
        { name: 'x', content: Buffer.from('p'), executable: true },
      ],
    })
    const outcome = await held.release({
      ...request,
      command: { ...request.command, stdin: Buffer.from('input') },
    })
    expect(output).toEqual({
      stdout: 'box/a/main.txt 444 0\nout/x.class 644\nout/x 755\nsource input',
      stderr: '',
    })
    expect(outcome).toMatchObject({ exitCode: 0, signal: null, stopReason: null })
    await held.dispose()
  })

  it('owns what was compiled and not its sources', async () => {
    const held = await hold()
    await held.release(
      release('[ -O /out/x ] && [ ! -O /box/y ] && ! (echo > /box/y) && echo > /out/x && id -u', {
        files: [{ name: 'y', content: Buffer.from('1') }],
        artefacts: [{ name: 'x', content: Buffer.from('1'), executable: false }],
      }),
    )
    expect(Number(output['stdout'])).toBeGreaterThanOrEqual(FIRST_UID)
    await held.dispose()
  })

  it('counts time and CPU from the release', async () => {
    const held = await hold('for ((i = 0; i < 300000; i++)); do :; done; IFS= read -r task; eval "$task"')
    await untilOneSleepsAfterWork()
    const released = performance.now()
    const { usage } = await held.release(release('echo done'))
    expect(output['stdout']).toBe('done\n')
    expect(usage.wallTimeMs).toBeLessThanOrEqual(performance.now() - released)
    const plain = await hold('IFS= read -r task; eval "$task"')
    const busy = await plain.release(release('for ((i = 0; i < 300000; i++)); do :; done'))
    expect(usage.cpuTimeMs).toBeLessThan(busy.usage.cpuTimeMs / 2)
    expect(usage.memoryBytes).toBeGreaterThan(0)
    await held.dispose()
    await plain.dispose()
  })

  it.each([
    ['wall', 'sleep 50', { wallTimeMs: 200 }],
    ['cpu', 'while :; do :; done', { cpuTimeMs: 100 }],
    ['memory', 'x=$(head -c 100000000 /dev/zero | tr "\\0" x)', { memoryBytes: 16 << 20 }],
    ['output', 'while :; do echo flood; done', { outputBytes: 1000 }],
  ] as const)('holds the limits of its release: %s', async (stopReason, task, limits) => {
    const held = await hold()
    expect(await held.release(release(task, {}, limits))).toMatchObject({ stopReason })
    await held.dispose()
  })

  it('has as much room for files as its release says', async () => {
    const held = await hold()
    await held.release(
      release('head -c 900000 /dev/zero > /tmp/a && head -c 900000 /dev/zero > /tmp/b && echo both', {
        fileSystemBytes: 4 << 20,
      }),
    )
    expect(output['stdout']).toBe('both\n')
    await held.dispose()
  })

  it('can be cancelled, before and after it has begun', async () => {
    const before = await hold()
    expect(await before.release(release('echo no'), AbortSignal.abort())).toMatchObject({
      stopReason: 'cancelled',
    })
    const after = await hold()
    const abort = new AbortController()
    const request = release('echo begun; sleep 50')
    const { onOutput } = request.command
    const outcome = await after.release(
      {
        ...request,
        command: {
          ...request.command,
          onOutput: (stream, chunk) => {
            abort.abort()
            return onOutput(stream, chunk)
          },
        },
      },
      abort.signal,
    )
    expect(outcome).toMatchObject({ stopReason: 'cancelled' })
    await before.dispose()
    await after.dispose()
  })

  it('talks to a client that goes on talking', async () => {
    const held = await hold()
    const request = release('read -r first; read -r second; echo "$second $first"')
    await held.release({
      ...request,
      command: {
        ...request.command,
        stdin: 'interactive',
        onStart: (running) => {
          void running.write(Buffer.from('one\n')).then(() => running.write(Buffer.from('two\n')))
        },
      },
    })
    expect(output['stdout']).toBe('two one\n')
    await held.dispose()
  })

  it('is of no use when it ended or spoke before it was asked', async () => {
    for (const script of ['exit 3', 'echo too early; read -r task']) {
      const held = await hold(script)
      await held.ended
      await expect(held.release(release('echo'))).rejects.toMatchObject({
        name: 'SandboxError',
        step: 'held',
      })
      await held.dispose()
    }
  })

  it('says what a running command has used so far', async () => {
    const sandbox = await driver.open({
      executionId: 'usage',
      image: IMAGE,
      files: [],
      fileSystemBytes: 1 << 20,
    })
    let used: unknown
    await sandbox.run({
      argv: ['bash', '-c', 'for ((i = 0; i < 100000; i++)); do :; done; echo; read -r end'],
      env: { PATH: '/usr/bin:/bin' },
      cwd: '',
      stdin: 'interactive',
      limits: LIMITS,
      onStart: (running) => {
        void (async () => {
          while (!used || (used as { cpuTimeMs: number }).cpuTimeMs < 10) used = await running.usage?.()
          running.endInput()
        })()
      },
      onOutput: () => {},
    })
    expect(used).toEqual({ cpuTimeMs: expect.any(Number), memoryBytes: expect.any(Number) })
    await sandbox.dispose()
  })

  it('leaves nothing, asked or not', async () => {
    const unasked = await hold()
    await unasked.dispose()
    await Promise.all(open.map((held) => held.dispose()))
    const found = await findLeftovers({
      firstUid: FIRST_UID,
      slots: SLOTS * 2,
      supervisorPid: driver.supervisorPid,
      endedPids: [],
    })
    expect(found).toEqual([])
  })
})
