/** The conformance suite against the real supervisor, and what only this driver promises. */
import { existsSync } from 'node:fs'
import { open as openFile, readdir, readlink } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { compiledPrograms, testSandboxDriver } from '../../conformance.js'
import type { Command, Outcome } from '../../driver.js'
import { createNamespacesDriver, type NamespacesDriver } from './driver.js'
import { findLeftovers } from './leftovers.js'

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url))
/** The second program has the sanitizers built in; `npm test` runs this file with both. */
const PROGRAM = process.env['CODEEXEC_TEST_SUPERVISOR'] ?? path.join(ROOT, 'native/build/codeexec-supervisor')
const IMAGES = path.join(process.env['CODEEXEC_TEST_DATA_DIR'] ?? '/var/lib/codeexec', 'images')
/** Apart from those of a service, or of another run of this file, on the same machine. */
const FIRST_UID = 1_000_000 + (process.pid % 4096) * 64
const SLOTS = 3
const STANDBY = 2
const IMAGE = 'bash'
/** By all supervisors of this file. */
const said: string[] = []

async function layersOf(id: string): Promise<string[]> {
  const names = await readdir(IMAGES)
  return [id, 'base'].map((layer) => {
    const name = names.find((candidate) => new RegExp(`^${layer}-[0-9a-f]+$`).test(candidate))
    if (!name) throw new Error(`no image ${layer} in ${IMAGES}; run: npx codeexec images build ${id}`)
    return path.join(IMAGES, name, 'rootfs')
  })
}

async function makeDriver(standby = 0, firstUid = FIRST_UID): Promise<NamespacesDriver> {
  const layers = await layersOf(IMAGE)
  return createNamespacesDriver({
    program: PROGRAM,
    slots: SLOTS,
    standby,
    firstUid,
    image: (id) => (id === IMAGE ? { name: id, layers } : undefined),
    log: (line) => {
      said.push(line)
      process.stderr.write(`supervisor: ${line}\n`)
    },
  })
}

const supervisors = new Set<number>()

function leftoversOf(
  driver: NamespacesDriver,
  closed: boolean,
  firstUid = FIRST_UID,
): Promise<readonly string[]> {
  const pid = driver.supervisorPid
  if (pid !== undefined) supervisors.add(pid)
  const living = closed ? undefined : pid
  return findLeftovers({
    firstUid,
    slots: SLOTS * 2 + STANDBY,
    supervisorPid: living,
    endedPids: Array.from(supervisors).filter((known) => !existsSync(`/proc/${known}`)),
  })
}

/** Looks into the regions in which the supervisor shows a launch's payload to others. */
async function sharedMemoryHas(driver: NamespacesDriver, marker: string): Promise<boolean> {
  const folder = `/proc/${driver.supervisorPid!}/fd`
  for (const name of await readdir(folder)) {
    const target = await readlink(path.join(folder, name)).catch(() => '')
    if (!target.startsWith('/memfd:region')) continue
    const file = await openFile(path.join(folder, name))
    try {
      const { buffer } = await file.read(Buffer.alloc(1 << 20), 0, 1 << 20, 0)
      if (buffer.includes(marker)) return true
    } finally {
      await file.close()
    }
  }
  return false
}

function command(script: string): Command {
  return {
    argv: ['bash', '-c', script],
    env: { PATH: '/usr/bin:/bin' },
    cwd: '',
    stdin: new Uint8Array(0),
    limits: {
      wallTimeMs: 60_000,
      cpuTimeMs: 60_000,
      memoryBytes: 64 << 20,
      maxProcesses: 16,
      outputBytes: 65_536,
      fileSizeBytes: 1 << 20,
      cpus: 1,
    },
    onOutput: () => {},
  }
}

const unfit =
  process.getuid?.() !== 0 ? 'needs root' : existsSync(PROGRAM) ? undefined : `${PROGRAM} has not been built`

describe.skipIf(unfit)(`namespaces${unfit ? ` (${unfit})` : ''}`, () => {
  testSandboxDriver(
    'namespaces',
    async () => {
      const driver = await makeDriver()
      let closed = false
      await driver.start()
      const close = driver.close.bind(driver)
      driver.close = () => {
        closed = true
        return close()
      }
      return { driver, leftovers: () => leftoversOf(driver, closed) }
    },
    compiledPrograms(IMAGE),
  )

  describe('with sandboxes made ahead', () => {
    let found = 0
    /** One driver is closed while another still has its own standing ready. */
    let nextUid = FIRST_UID + 16
    testSandboxDriver(
      'namespaces',
      async () => {
        const firstUid = nextUid
        nextUid += 16
        const driver = await makeDriver(STANDBY, firstUid)
        let closed = false
        await driver.start()
        const close = driver.close.bind(driver)
        driver.close = () => {
          closed = true
          found += driver.standbyCounts.get(IMAGE)?.hits ?? 0
          return close()
        }
        // While it is open, those that stand ready are no leftovers.
        return { driver, leftovers: async () => (closed ? leftoversOf(driver, true, firstUid) : []) }
      },
      compiledPrograms(IMAGE),
      // A sandbox's control groups and network are its slot's, made ahead or not.
      { without: ['kernel objects'] },
    )

    it('were taken by many of these', () => {
      expect(found).toBeGreaterThan(20)
    })
  })

  describe('a last command', () => {
    let driver: NamespacesDriver
    beforeAll(async () => {
      driver = await makeDriver()
      await driver.start()
    })
    afterAll(() => driver.close())
    const open = () => driver.open({ executionId: 'test', image: IMAGE, files: [], fileSystemBytes: 1 << 20 })
    const last = (script: string): Command => ({ ...command(script), last: true })

    it.each([
      ['by itself', last('exit 3')],
      ['at a limit', { ...last('sleep 50'), limits: { ...command('').limits, wallTimeMs: 100 } }],
      ['without having begun', { ...last(''), argv: ['/nothing'] }],
    ])('takes its sandbox along when it ends %s', async (_, ending) => {
      const sandbox = await open()
      await sandbox.run(command('echo kept > /box/file'))
      await sandbox.run(ending).catch(() => {})
      await expect.poll(() => leftoversOf(driver, false)).toEqual([])
      await expect(sandbox.run(command('true'))).rejects.toMatchObject({ step: 'run' })
      expect(await sandbox.artefacts?.(1 << 20)).toBeUndefined()
      await sandbox.dispose()
    })

    it('is ended when its sandbox is disposed of', async () => {
      const sandbox = await open()
      let disposed: Promise<void> | undefined
      const onStart = (): void => {
        disposed = sandbox.dispose()
      }
      const outcome = await sandbox.run({ ...last('sleep 50'), onStart })
      expect(outcome.stopReason).toBe('cancelled')
      await disposed
      expect(await leftoversOf(driver, false)).toEqual([])
    })

    it('leaves nothing when it is cancelled while it waits for a slot', async () => {
      const controllers = Array.from({ length: SLOTS * 4 }, () => new AbortController())
      const running = controllers.map(async ({ signal }) => {
        const sandbox = await open()
        const outcome = await sandbox.run(last('sleep 50'), signal)
        await sandbox.dispose()
        return outcome.stopReason
      })
      await expect.poll(async () => (await leftoversOf(driver, false)).length).toBeGreaterThan(0)
      for (const controller of controllers) controller.abort()
      expect(new Set(await Promise.all(running))).toEqual(new Set(['cancelled']))
      expect(await leftoversOf(driver, false)).toEqual([])
    })
  })

  describe('the supervisor', () => {
    let driver: NamespacesDriver
    beforeAll(async () => {
      driver = await makeDriver()
      await driver.start()
    })
    afterAll(() => driver.close())

    const run = async (script: string): Promise<Outcome> => {
      const sandbox = await driver.open({
        executionId: 'test',
        image: IMAGE,
        files: [],
        fileSystemBytes: 1 << 20,
      })
      try {
        return await sandbox.run(command(script))
      } finally {
        await sandbox.dispose()
      }
    }

    it('reports every check of this host as well', async () => {
      const report = await driver.probe()
      expect(report.checks.filter((check) => !check.ok)).toEqual([])
      expect(report.usable).toBe(true)
    })

    it('refuses an image it does not know', async () => {
      await expect(
        driver.open({ executionId: 'x', image: 'nothing', files: [], fileSystemBytes: 1 << 20 }),
      ).rejects.toMatchObject({ name: 'SandboxError', step: 'image' })
    })

    it('launches on under any limit on memory, however small', async () => {
      const before = said.length
      const greedy = command('x=$(head -c 60000000 /dev/zero | tr "\\0" a); echo "${#x}"')
      for (let time = 0; time < 40; time++) {
        const limits = { ...greedy.limits, memoryBytes: [1, 4096, 100_000][time % 3]! }
        const sandbox = await driver.open({
          executionId: 'x',
          image: IMAGE,
          files: [],
          fileSystemBytes: 1 << 20,
        })
        expect(await sandbox.run({ ...greedy, limits })).toMatchObject({ stopReason: 'memory' })
        await sandbox.dispose()
      }
      expect(said.slice(before)).toEqual([])
    })

    it('keeps nothing of a program in the memory that it shares with launched processes', async () => {
      const marker = 'a-secret-of-the-last-client'
      const sandbox = await driver.open({
        executionId: 'secret',
        image: IMAGE,
        files: [{ name: 'secret.txt', content: Buffer.from(marker) }],
        fileSystemBytes: 1 << 20,
      })
      await sandbox.run(command(`grep -q ${marker} secret.txt`))
      await sandbox.dispose()
      await expect.poll(() => sharedMemoryHas(driver, marker)).toBe(false)
    })

    it('tells how long it attended to one thing', async () => {
      await run('exit 0')
      const longestMs = await driver.supervisorLongestTurnMs()
      expect(longestMs).toBeGreaterThan(0)
      expect(longestMs).toBeLessThan(1000)
    })

    it('takes its sandboxes along when it is killed, is started again, and sweeps what was left', async () => {
      const doomed = run('sleep 50').catch((error: unknown) => error)
      await expect.poll(async () => (await leftoversOf(driver, false)).length).toBeGreaterThan(0)
      process.kill(driver.supervisorPid!, 'SIGKILL')
      expect(await doomed).toMatchObject({ name: 'SandboxError', step: 'supervisor' })
      await expect
        .poll(() => run('exit 7').catch(() => undefined), { timeout: 10_000 })
        .toMatchObject({ exitCode: 7 })
      expect(await leftoversOf(driver, false)).toEqual([])
    })

    it('replaces a supervisor that ended before anybody asks for a sandbox, and counts it', async () => {
      await driver.start()
      const before = driver.supervisorRestarts
      const ended = driver.supervisorPid!
      process.kill(ended, 'SIGKILL')
      await expect
        .poll(() => driver.supervisorPid, { timeout: 10_000 })
        .toSatisfy((pid) => pid !== undefined && pid !== ended)
      expect(driver.supervisorRestarts).toBe(before + 1)
      await driver.start()
    })

    it('gives those who wait for a slot theirs in order, and loses none', async () => {
      const order: number[] = []
      await Promise.all(
        Array.from({ length: SLOTS * 8 }, async (_, index) => {
          const outcome = await run(`exit ${index}`)
          expect(outcome.exitCode).toBe(index)
          order.push(index)
        }),
      )
      expect(order).toHaveLength(SLOTS * 8)
      expect(await leftoversOf(driver, false)).toEqual([])
    })
  })
})
