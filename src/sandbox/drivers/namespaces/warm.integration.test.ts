/** Fork servers as the driver keeps them: who may be killed without a request noticing, and what is left of them. */
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import type { Command, Outcome } from '../../driver.js'
import { createNamespacesDriver, type NamespacesDriver, type WarmCommand } from './driver.js'
import { reportOnce } from '../../conformance/report-once.js'
import { findLeftovers } from './leftovers.js'

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url))
const PROGRAM = process.env['CODEEXEC_TEST_SUPERVISOR'] ?? path.join(ROOT, 'native/build/codeexec-supervisor')
const IMAGES = path.join(process.env['CODEEXEC_TEST_DATA_DIR'] ?? '/var/lib/codeexec', 'images')
const FIRST_UID = 1_200_000 + (process.pid % 4096) * 16
const SLOTS = 2
const IMAGE = 'python'
const TIMEOUT_MS = 60_000
const NAME = 'codeexec-warm'

const WARM: WarmCommand = {
  argv: ['python3', 'main.py'],
  env: { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8', PYTHONDONTWRITEBYTECODE: '1' },
  entry: '/box/main.py',
}

const LIMITS: Command['limits'] = {
  wallTimeMs: 30_000,
  cpuTimeMs: 30_000,
  memoryBytes: 128 << 20,
  maxProcesses: 16,
  outputBytes: 65_536,
  fileSizeBytes: 1 << 20,
  cpus: 1,
}

const isInstalled = existsSync(IMAGES) && (await readdir(IMAGES)).some((name) => name.startsWith(`${IMAGE}-`))
const unfit =
  process.getuid?.() !== 0
    ? 'needs root'
    : !existsSync(PROGRAM)
      ? `${PROGRAM} has not been built`
      : isInstalled
        ? undefined
        : `no image ${IMAGE}`

async function layers(): Promise<string[]> {
  const names = await readdir(IMAGES)
  return [IMAGE, 'base'].map((layer) => {
    const name = names.find((candidate) => new RegExp(`^${layer}-[0-9a-f]+$`).test(candidate))
    if (!name) throw new Error(`no image ${layer} in ${IMAGES}`)
    return path.join(IMAGES, name, 'rootfs')
  })
}

const hits = (driver: NamespacesDriver): number => driver.warmCounts.get(IMAGE)?.hits ?? 0

async function run(
  driver: NamespacesDriver,
  code: string,
  changes: Partial<Command> = {},
  signal?: AbortSignal,
) {
  const sandbox = await driver.open({
    executionId: 'test',
    image: IMAGE,
    files: [{ name: 'main.py', content: new TextEncoder().encode(code) }],
    fileSystemBytes: 1 << 20,
  })
  let output = ''
  try {
    const command: Command = {
      argv: WARM.argv,
      env: WARM.env,
      cwd: '',
      stdin: new Uint8Array(0),
      limits: LIMITS,
      onOutput: (_, chunk) => {
        output += Buffer.from(chunk).toString()
      },
      warm: true,
      ...changes,
    }
    const outcome: Outcome = await sandbox.run(command, signal)
    return { ...outcome, output }
  } finally {
    await sandbox.dispose()
  }
}

/** Every run on the way has to be right, whoever made it. */
async function runUntilWarm(driver: NamespacesDriver): Promise<void> {
  const before = hits(driver)
  while (hits(driver) === before) {
    expect(await run(driver, 'print("ran")')).toMatchObject({ exitCode: 0, output: 'ran\n' })
  }
}

/** One that has ended since it was listed is as dead as it was to be. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

async function processesNamed(name: string, driver: NamespacesDriver): Promise<number[]> {
  const found: number[] = []
  for (const pid of (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry))) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 4).split(' ')[0])
    if (stat.includes(`(${name})`) && parent === driver.supervisorPid) found.push(Number(pid))
  }
  return found
}

describe.skipIf(unfit)(`fork servers${unfit ? ` (${unfit})` : ''}`, { timeout: TIMEOUT_MS }, () => {
  const drivers: NamespacesDriver[] = []
  const supervisors = new Set<number>()
  const lines: string[] = []

  async function makeDriver(warm: WarmCommand = WARM): Promise<NamespacesDriver> {
    const found = await layers()
    const driver = createNamespacesDriver({
      program: PROGRAM,
      slots: SLOTS,
      firstUid: FIRST_UID,
      image: (id) => (id === IMAGE ? { name: id, layers: found } : undefined),
      warm: () => warm,
      log: (line) => lines.push(line),
    })
    drivers.push(driver)
    await driver.start()
    await driver.prepare([IMAGE])
    supervisors.add(driver.supervisorPid!)
    return driver
  }

  async function makeWarmDriver(): Promise<NamespacesDriver> {
    const driver = await makeDriver()
    await runUntilWarm(driver)
    return driver
  }

  const leftovers = (driver: NamespacesDriver, closed: boolean) =>
    findLeftovers({
      firstUid: FIRST_UID,
      slots: SLOTS * 2,
      supervisorPid: closed ? undefined : driver.supervisorPid,
      endedPids: [...supervisors].filter((pid) => !existsSync(`/proc/${pid}`)),
    })

  const unreported = reportOnce()

  afterEach(async () => {
    for (const driver of drivers.splice(0)) {
      const pids = await processesNamed(NAME, driver)
      await driver.close()
      const left = unreported([
        ...(await leftovers(driver, true)),
        ...pids.filter((pid) => existsSync(`/proc/${pid}`)).map((pid) => `fork server ${pid}`),
      ])
      if (left.length > 0) throw new Error(`left behind: ${left.join(', ')}`)
    }
  })

  it('serve the command they were made for, and leave nothing', async () => {
    const driver = await makeWarmDriver()
    expect(await leftovers(driver, false)).toEqual([])
  })

  it('serve no other arguments before the program, environment or terminal', async () => {
    const driver = await makeWarmDriver()
    const before = hits(driver)
    const others: Partial<Command>[] = [
      { argv: ['python3', '-X', 'dev', 'main.py'] },
      { env: { ...WARM.env, MORE: '1' } },
      { env: {} },
      { tty: { cols: 80, rows: 24 }, stdin: 'interactive' },
      { warm: false },
    ]
    for (const change of others) await run(driver, 'print(1)', { argv: WARM.argv, ...change }).catch(() => {})
    expect(hits(driver)).toBe(before)
    await runUntilWarm(driver)
  })

  it('may be killed at any time; every program runs once and rightly', async () => {
    const driver = await makeWarmDriver()
    const outcomes: Promise<{ exitCode: number | null; output: string }>[] = []
    for (let round = 0; round < 40; round++) {
      outcomes.push(run(driver, `print(${round})`))
      if (round % 4 === 0) (await processesNamed(NAME, driver)).forEach(kill)
    }
    const results = await Promise.all(outcomes)
    expect(results.map(({ output }) => output)).toEqual(results.map((_, round) => `${round}\n`))
    expect(results.filter(({ exitCode }) => exitCode !== 0)).toEqual([])
    await runUntilWarm(driver)
    expect(await leftovers(driver, false)).toEqual([])
  })

  it('go on when sandboxes are ended while their programs are made', async () => {
    const driver = await makeWarmDriver()
    for (let round = 0; round < 100; round++) {
      const cancel = new AbortController()
      const running = run(driver, 'print("ran")', {}, cancel.signal)
      await sleep(Math.floor(round / 20))
      cancel.abort()
      const { stopReason, output } = await running
      expect(stopReason ? { stopReason } : { output }).toEqual(
        stopReason ? { stopReason: 'cancelled' } : { output: 'ran\n' },
      )
    }
    await runUntilWarm(driver)
    expect(await leftovers(driver, false)).toEqual([])
  })

  it('make no program where there is room for one process only', async () => {
    const driver = await makeWarmDriver()
    const before = hits(driver)
    const alone = { limits: { ...LIMITS, maxProcesses: 1 } }
    for (let round = 0; round < 5; round++) {
      expect(await run(driver, 'print("ran")', alone)).toMatchObject({ exitCode: 0, output: 'ran\n' })
    }
    expect(hits(driver)).toBe(before)
    await runUntilWarm(driver)
  })

  it('end with a supervisor that is killed, and are there again after it', async () => {
    const driver = await makeWarmDriver()
    const pids = await processesNamed(NAME, driver)
    expect(pids.length).toBeGreaterThan(0)
    process.kill(driver.supervisorPid!, 'SIGKILL')
    await expect.poll(() => pids.filter((pid) => existsSync(`/proc/${pid}`)), { timeout: 10_000 }).toEqual([])
    await expect
      .poll(() => run(driver, 'print(1)').catch(() => undefined), { timeout: 10_000 })
      .toMatchObject({ exitCode: 0 })
    supervisors.add(driver.supervisorPid!)
    await runUntilWarm(driver)
    expect(await leftovers(driver, false)).toEqual([])
  })

  it('that cannot be made leave everything as it was', async () => {
    const env = { ...WARM.env, PYTHONHOME: '/nowhere' }
    const driver = await makeDriver({ ...WARM, env })
    await expect.poll(() => lines.join('\n'), { timeout: 10_000 }).toMatch(/encodings/)
    expect(await run(driver, 'print("ran")')).toMatchObject({ exitCode: 0, output: 'ran\n' })
    expect(driver.warmCounts.get(IMAGE)).toEqual({ hits: 0, misses: 1 })
  })
})
