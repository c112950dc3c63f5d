/** Limits that others set on the group the supervisor was started in: a container's, a pod's, a unit's. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { argvWithin, makeParentGroup, rootGroups } from '../../../../scripts/parent-group.mjs'
import type { ParentGroup } from '../../../../scripts/parent-group.mjs'
import type { Command, Outcome } from '../../driver.js'
import { SandboxError } from '../../driver.js'
import { createNamespacesDriver } from './driver.js'
import type { NamespacesDriver } from './driver.js'

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url))
const PROGRAM = process.env['CODEEXEC_TEST_SUPERVISOR'] ?? path.join(ROOT, 'native/build/codeexec-supervisor')
const IMAGES = path.join(process.env['CODEEXEC_TEST_DATA_DIR'] ?? '/var/lib/codeexec', 'images')
const FIRST_UID = 1_400_000 + (process.pid % 4096) * 16
const MEBIBYTE = 2 ** 20
const PATIENCE = { timeout: 60_000, interval: 50 }
/** A supervisor with sanitizers needs some room itself. */
const PARENT_BYTES = 160 * MEBIBYTE
const CPUS = 0.2

/** Holds so much in one process for a while, then says how much it was. */
const hold = (mebibytes: number): string =>
  `{ head -c ${mebibytes}M /dev/zero; sleep 2; } | tail -c ${mebibytes}M | wc -c`
const SPIN = 'end=$((SECONDS + 4)); while ((SECONDS < end)); do :; done'

const unfit =
  process.getuid?.() !== 0 ? 'needs root' : existsSync(PROGRAM) ? undefined : `${PROGRAM} has not been built`

async function driverOf(program: string, firstUid: number): Promise<NamespacesDriver> {
  const names = await readdir(IMAGES)
  const layers = ['bash', 'base'].map((layer) =>
    path.join(IMAGES, names.find((name) => new RegExp(`^${layer}-[0-9a-f]+$`).test(name)) ?? '', 'rootfs'),
  )
  return createNamespacesDriver({
    program,
    slots: 2,
    firstUid,
    image: () => ({ name: 'bash', layers }),
    log: (line) => process.stderr.write(`supervisor: ${line}\n`),
  })
}

describe.skipIf(unfit)(`below a group with limits${unfit ? ` (${unfit})` : ''}`, () => {
  let parent: ParentGroup
  let folder: string
  let driver: NamespacesDriver

  beforeEach(async () => {
    parent = makeParentGroup({ memoryBytes: PARENT_BYTES, cpus: 2 })
    folder = mkdtempSync(path.join(tmpdir(), 'outer-limits-'))
    driver = await driverIn(parent.folders, FIRST_UID)
  })
  afterEach(async () => {
    await driver.close()
    rmSync(folder, { recursive: true })
    await parent.remove()
  })

  /** One whose supervisor is started in these groups. */
  async function driverIn(groups: readonly string[], firstUid: number): Promise<NamespacesDriver> {
    const program = path.join(folder, `supervisor-${firstUid}`)
    const quoted = argvWithin(groups, [PROGRAM]).map((word) => `'${word}'`)
    writeFileSync(program, `#!/bin/sh\nexec ${quoted.join(' ')} "$@"\n`)
    chmodSync(program, 0o755)
    return driverOf(program, firstUid)
  }

  let executions = 0
  async function run(
    script: string,
    limits: Partial<Command['limits']> = {},
    used = driver,
  ): Promise<Outcome & { output: string }> {
    const sandbox = await used.open({
      executionId: `outer-${executions++}`,
      image: 'bash',
      files: [],
      fileSystemBytes: MEBIBYTE,
    })
    let output = ''
    try {
      const outcome = await sandbox.run({
        argv: ['bash', '-c', script],
        env: { PATH: '/usr/bin:/bin' },
        cwd: '',
        stdin: new Uint8Array(0),
        limits: {
          wallTimeMs: 240_000,
          cpuTimeMs: 240_000,
          memoryBytes: 150 * MEBIBYTE,
          maxProcesses: 16,
          outputBytes: 65_536,
          fileSizeBytes: MEBIBYTE,
          cpus: 1,
          ...limits,
        },
        onOutput: (_stream, chunk) => {
          output += Buffer.from(chunk).toString()
        },
      })
      return { ...outcome, output }
    } finally {
      await sandbox.dispose()
    }
  }

  /** Groups of instances, one for each hierarchy and supervisor. */
  const instances = (): string[] => parent.groups().filter((name) => /\/codeexec\/\d+-\d+$/.test(name))

  it('has its groups there in every hierarchy, and none when it has ended', async () => {
    expect(await driver.start()).toMatchObject({ cgroupVersion: parent.version, weakness: '' })
    expect(instances().map((name) => path.dirname(path.dirname(name)))).toEqual(parent.folders)
    expect((await run('echo hi')).output).toBe('hi\n')
    await driver.close()
    expect(parent.groups()).toEqual([])
  })

  it('sweeps there what one that was killed has left', async () => {
    await driver.start()
    const before = instances()
    process.kill(driver.supervisorPid!, 'SIGKILL')
    await expect.poll(() => driver.supervisorRestarts, PATIENCE).toBe(1)
    await driver.start()
    expect(instances()).toHaveLength(before.length)
    expect(instances()).not.toEqual(before)
    expect((await run('echo hi')).output).toBe('hi\n')
  })

  it('leaves another instance there alone', async () => {
    await driver.start()
    const other = await driverIn(parent.folders, FIRST_UID + 8)
    await other.start()
    expect(instances()).toHaveLength(2 * parent.folders.length)
    await driver.close()
    expect(instances()).toHaveLength(parent.folders.length)
    expect((await run('echo hi', {}, other)).output).toBe('hi\n')
    await other.close()
    expect(parent.groups()).toEqual([])
  })

  it('has others that were there back in their place when it has ended', async () => {
    const [program = '', ...argv] = parent.argv(['sleep', '600'])
    const bystander = spawn(program, argv)
    onTestFinished(() => void bystander.kill())
    const read = (file: string): string => readFileSync(`/proc/${bystander.pid}/${file}`, 'utf8')
    // By then it is in all of them.
    await expect.poll(() => read('comm'), PATIENCE).toBe('sleep\n')
    const place = (): string => read('cgroup')
    const before = place()
    await driver.start()
    // On version 2 nobody may stay in a group that hands its controllers on.
    expect(place().includes('/codeexec-service')).toBe(parent.version === 2)
    expect((await run('echo hi')).output).toBe('hi\n')
    await driver.close()
    expect(place()).toBe(before)
    bystander.kill()
    await once(bystander, 'exit')
  })

  it('is at home in the group at the root as well', async () => {
    const atRoot = await driverIn(rootGroups(), FIRST_UID + 8)
    expect(await atRoot.start()).toMatchObject({ weakness: '' })
    expect((await run('echo hi', {}, atRoot)).output).toBe('hi\n')
    await atRoot.close()
    expect(parent.groups()).toEqual([])
  })

  it('says so where it cannot be there, and limits programs all the same', async () => {
    // As in a container that sees another part of the tree than its own.
    const other = makeParentGroup({ memoryBytes: PARENT_BYTES, cpus: 1 })
    const program = path.join(folder, 'elsewhere')
    const covers = rootGroups().map((root, index) => `mount --bind ${other.folders[index]} ${root}`)
    writeFileSync(program, `#!/bin/sh\n${covers.join(' && ')} && exec ${PROGRAM} "$@"\n`)
    const wrapper = path.join(folder, 'unshared')
    writeFileSync(wrapper, `#!/bin/sh\nexec unshare --mount /bin/sh ${program} "$@"\n`)
    chmodSync(wrapper, 0o755)
    const elsewhere = await driverOf(wrapper, FIRST_UID + 8)
    const { weakness } = await elsewhere.start()
    expect(weakness).toContain('own control group is not in sight')
    expect(other.groups()).not.toEqual([])
    expect(await run(hold(60), { memoryBytes: 32 * MEBIBYTE }, elsewhere)).toMatchObject({
      stopReason: 'memory',
    })
    await elsewhere.close()
    await other.remove()
  })

  it('has programs share its memory; one that finds none is no program at its own limit', async () => {
    const ends = await Promise.allSettled([run(hold(110)), run(hold(110))])
    const failed = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []))
    const ended = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []))
    expect(failed).not.toEqual([])
    for (const error of failed) {
      expect(error).toBeInstanceOf(SandboxError)
      expect(error).toMatchObject({ step: 'outer-memory', errno: 'ENOMEM' })
    }
    for (const outcome of ended) expect(outcome).toMatchObject({ exitCode: 0, output: `${110 * MEBIBYTE}\n` })
    expect(parent.peakBytes()).toBeLessThanOrEqual(PARENT_BYTES)
    expect(driver.supervisorRestarts).toBe(0)
    expect((await run(hold(60))).output).toBe(`${60 * MEBIBYTE}\n`)
  })

  it('still blames a program that reaches its own limit', async () => {
    const outcome = await run(hold(60), { memoryBytes: 32 * MEBIBYTE })
    expect(outcome).toMatchObject({ stopReason: 'memory' })
  })

  it('has programs share its CPU time', async () => {
    const slow = makeParentGroup({ memoryBytes: PARENT_BYTES, cpus: CPUS })
    const slowed = await driverIn(slow.folders, FIRST_UID + 8)
    await slowed.start()
    const before = { cpuMs: slow.cpuMs(), ms: performance.now() }
    const ends = await Promise.all([run(SPIN, {}, slowed), run(SPIN, {}, slowed)])
    const wallMs = performance.now() - before.ms
    expect(ends.map(({ exitCode }) => exitCode)).toEqual([0, 0])
    // A period may begin with what the last one has left over.
    const mostMs = (wallMs + 500) * CPUS
    expect(slow.cpuMs() - before.cpuMs).toBeLessThanOrEqual(mostMs)
    expect(ends[0].usage.cpuTimeMs + ends[1].usage.cpuTimeMs).toBeLessThanOrEqual(mostMs)
    await slowed.close()
    await slow.remove()
  })
})
