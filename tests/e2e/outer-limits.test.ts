/** Limits that a container, a pod or a unit sets on the service hold for its programs, and the service lives through it. */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeParentGroup, rootGroups } from '../../scripts/parent-group.mjs'
import type { ParentGroup } from '../../scripts/parent-group.mjs'
import { DATA_DIRECTORY, startService } from '../hostile/harness/service.js'
import type { Service } from '../hostile/harness/service.js'
import { ask, execute, metric, post } from './support/client.js'
import { describeSplit, startSplit } from './support/split.js'
import type { Split } from './support/split.js'
import { describeWhereItCanRun } from './support/suite.js'

const CLI = fileURLToPath(new URL('../../dist/main/cli.js', import.meta.url))
const MEBIBYTE = 2 ** 20
const LIMITS = { memoryBytes: 300 * MEBIBYTE, cpus: 0.4, processes: 2000 }
const SETTINGS = { CODEEXEC_LANGUAGES: 'python,bash', CODEEXEC_SLOTS: '2', CODEEXEC_MAX_RUN_WALL_TIME: '60s' }

const doctorSettings = {
  PATH: process.env['PATH'],
  CODEEXEC_DATA_DIR: DATA_DIRECTORY,
  CODEEXEC_LANGUAGES: 'bash',
}

/** Within its own limit of 256 MiB; two of them are more than the service may use. */
const HOLD = `import time
held = bytearray(230 * 2**20)
for at in range(0, len(held), 4096): held[at] = 1
time.sleep(3)
print("held")`
const SPIN = `import time
end = time.time() + 4
while time.time() < end: pass
print("span")`
const python = (code: string) => ({ language: 'python', code, limits: { wallTimeMs: 60_000 } })

/** `front` takes the requests, `running` runs the programs and is in the group. */
interface Limited {
  readonly front: Service
  readonly running: Service
  readonly group: ParentGroup
}

function testLimits(limited: () => Limited): void {
  it('tells of what it may use, not of what the host has', async () => {
    const { running } = limited()
    expect(await metric(running, 'codeexec_machine_cpus')).toBe(LIMITS.cpus)
    expect(await metric(running, 'codeexec_machine_memory_bytes')).toBe(LIMITS.memoryBytes)
    expect(await metric(running, 'codeexec_machine_memory_available_bytes')).toBeLessThan(LIMITS.memoryBytes)
    const { body } = await ask<{ checks: { name: string; detail: string }[] }>(running, '/health/ready')
    expect(body.checks).toContainEqual({ name: 'sandbox', ok: true, detail: 'running' })
  })

  it('has two programs share its memory, blames neither for it, and goes on', async () => {
    const { front, running, group } = limited()
    const answers = await Promise.all(
      [HOLD, HOLD].map((code) => post(front, '/api/v1/execute', python(code))),
    )
    const refused = answers.filter(({ status }) => status !== 200)
    expect(refused).not.toEqual([])
    for (const { status, body } of refused) {
      expect({ status, code: body.code }).toEqual({ status: 503, code: 'SANDBOX_UNAVAILABLE' })
      expect(body.errorMessage).toMatch(/memory/)
    }
    for (const { body } of answers.filter(({ status }) => status === 200)) {
      expect(body).toMatchObject({ result: { runTimeStatus: 'succeeded', output: 'held\n' } })
    }
    expect(group.peakBytes()).toBeLessThanOrEqual(LIMITS.memoryBytes)
    expect(running.isRunning()).toBe(true)
    expect(await metric(running, 'codeexec_supervisor_restarts_total')).toBe(0)
    expect(await execute(front, python('print("hi")'))).toMatchObject({ output: 'hi\n' })
  })

  it('still blames a program that is at its own limit', async () => {
    const own = { ...python(HOLD), limits: { memoryBytes: 64 * MEBIBYTE } }
    expect(await execute(limited().front, own)).toMatchObject({ runTimeStatus: 'memory_limit_exceeded' })
  })

  it('has two programs share its CPU time', async () => {
    const { front, group } = limited()
    const before = { cpuMs: group.cpuMs(), ms: performance.now() }
    const results = await Promise.all([SPIN, SPIN].map((code) => execute(front, python(code))))
    // A period may begin with what the last one has left over.
    const mostMs = (performance.now() - before.ms + 500) * LIMITS.cpus
    expect(results.map(({ output }) => output)).toEqual(['span\n', 'span\n'])
    expect(group.cpuMs() - before.cpuMs).toBeLessThanOrEqual(mostMs)
  })
}

describeWhereItCanRun('the whole service in a control group with limits', () => {
  let service: Service
  let group: ParentGroup
  beforeAll(async () => {
    group = makeParentGroup(LIMITS)
    service = await startService(SETTINGS, { within: group })
  })
  afterAll(async () => {
    await service.stop()
    await group.remove()
  })
  testLimits(() => ({ front: service, running: service, group }))

  it('has all of its groups there, and doctor says what holds', () => {
    const hierarchies = group.groups().filter((name) => name.endsWith('/codeexec'))
    expect(hierarchies).toHaveLength(group.folders.length)
    const [program = '', ...argv] = group.argv([process.execPath, CLI, 'doctor'])
    const report = execFileSync(program, argv, { env: doctorSettings, encoding: 'utf8' })
    expect(report).toMatch(/^ok +control group .*test-parent.*: memory 300 MiB, 0.4 CPUs, 2000 processes$/m)
    expect(report).toMatch(/^ok +processors +0.4; 1 program/m)
    expect(report).toMatch(/^ok +outer-limits /m)
  })

  it('has doctor say so where they cannot be there', async () => {
    const other = makeParentGroup(LIMITS)
    // As in a container that sees another part of the tree than its own.
    const covers = rootGroups().map((root, index) => `mount --bind ${other.folders[index]} ${root}`)
    const script = `${covers.join(' && ')} && exec "$0" "$@"`
    const argv = ['--mount', '/bin/sh', '-c', script, process.execPath, CLI, 'doctor']
    const report = execFileSync('unshare', argv, { env: doctorSettings, encoding: 'utf8' })
    await other.remove()
    expect(report).toMatch(/^note +outer-limits .*not in sight/m)
    expect(report).toMatch(/^Programs can run here/m)
  })

  it('leaves nothing there', async () => {
    await service.stop()
    expect(group.groups()).toEqual([])
  })
})

describeSplit('a worker in a control group with limits', () => {
  let split: Split
  let front: Service
  let running: Service
  let group: ParentGroup
  beforeAll(async () => {
    group = makeParentGroup(LIMITS)
    split = await startSplit(SETTINGS, { apis: 0, workers: 0 })
    const addresses = { REDIS_URL: split.redis.url, MONGODB_URL: split.mongodbUrl }
    running = await startService({ ...SETTINGS, ...addresses, CODEEXEC_ROLE: 'worker' }, { within: group })
    split.workers.push(running)
    front = await split.start('api')
  })
  afterAll(async () => {
    await split.stop()
    await group.remove()
  })
  testLimits(() => ({ front, running, group }))
})
