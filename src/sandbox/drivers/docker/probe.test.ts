import type Docker from 'dockerode'
import { describe, expect, it } from 'vitest'
import { SandboxError } from '../../driver.js'
import type { DriverReport } from '../../driver.js'
import { isCounted, probeEngine } from './probe.js'
import type { ProbeOptions } from './probe.js'

/** What an engine that lacks nothing says of itself. */
const INFO = {
  ServerVersion: '28.0.1',
  OSType: 'linux',
  CgroupVersion: '2',
  MemoryLimit: true,
  SwapLimit: true,
  PidsLimit: true,
  CpuCfsQuota: true,
  SecurityOptions: ['name=seccomp,profile=builtin', 'name=cgroupns'],
  Runtimes: { runc: {}, runsc: {} },
  DefaultRuntime: 'runc',
}
const REPORT = { cgroupVersion: 2, cpu: true, memory: true, memoryPeak: true, oom: true }

const shown = (): Promise<typeof REPORT> => Promise.resolve(REPORT)
const refused = (): Promise<never> => Promise.reject(new SandboxError('container', 'refused'))

function probe(info: object, options: Partial<ProbeOptions> = {}, api = '1.48'): Promise<DriverReport> {
  const docker = {
    info: () => Promise.resolve({ ...INFO, ...info }),
    version: () => Promise.resolve({ ApiVersion: api }),
  }
  return probeEngine(docker as unknown as Docker, { runtime: undefined, tryContainer: shown, ...options })
}

function missing({ checks }: DriverReport): readonly string[] {
  return checks.filter(({ ok, required }) => required && !ok).map(({ name }) => name)
}

describe('what an engine can enforce', () => {
  it('is everything where nothing is missing', async () => {
    const report = await probe({})
    expect(report).toMatchObject({ driver: 'docker', usable: true })
    expect(report.checks.filter(({ ok }) => !ok)).toEqual([])
  })

  it.each([
    ['an old engine', {}, {}, '1.40', 'engine'],
    ['containers of another system', { OSType: 'windows' }, {}, '1.48', 'engine'],
    ['no limit for swap', { SwapLimit: false }, {}, '1.48', 'memory limit'],
    ['no limit for memory', { MemoryLimit: false }, {}, '1.48', 'memory limit'],
    ['no limit for processes', { PidsLimit: false }, {}, '1.48', 'process limit'],
    ['no limit for CPUs', { CpuCfsQuota: false }, {}, '1.48', 'cpu limit'],
    ['no filter for system calls', { SecurityOptions: [] }, {}, '1.48', 'seccomp'],
    ['a runtime that is not there', {}, { runtime: 'kata' }, '1.48', 'runtime'],
  ])('is too little with %s', async (_, info, options, api, name) => {
    const report = await probe(info, options, api)
    expect(report.usable).toBe(false)
    expect(missing(report)).toEqual([name])
  })

  it('may be another runtime that the engine knows, or finds by its shim’s name', async () => {
    for (const runtime of ['runsc', 'io.containerd.kata.v2'])
      expect((await probe({}, { runtime })).usable).toBe(true)
  })

  it('names the runtimes that are there when the wanted one is not', async () => {
    const { checks } = await probe({}, { runtime: 'kata' })
    expect(checks.find(({ name }) => name === 'runtime')?.detail).toContain(
      'no runtime kata, but runc, runsc',
    )
  })

  it('is too little where containers do not show what they use', async () => {
    for (const lack of [{ cpu: false }, { memory: false }]) {
      const seen = { ...REPORT, ...lack }
      expect(isCounted(seen)).toBe(false)
      expect(missing(await probe({}, { tryContainer: () => Promise.resolve(seen) }))).toEqual(['counters'])
    }
  })

  it('is weakened by nothing when peaks and kills are only known from elsewhere', async () => {
    const seen = { ...REPORT, memoryPeak: false, oom: false }
    expect((await probe({}, { tryContainer: () => Promise.resolve(seen) })).usable).toBe(true)
  })

  it('is nothing where no container can be made, or no engine answers', async () => {
    expect(missing(await probe({}, { tryContainer: refused }))).toEqual(['container'])
    const away = { info: () => Promise.reject(new Error('connect ENOENT')) } as unknown as Docker
    const report = await probeEngine(away, { runtime: undefined, tryContainer: refused })
    expect(missing(report)).toEqual(['engine'])
    expect(report.checks[0]?.detail).toContain('DOCKER_HOST')
  })

  it('is not known in full before there is an image, which is no fault', async () => {
    const report = await probe({}, { tryContainer: undefined })
    expect(report.usable).toBe(true)
    expect(report.checks.find(({ name }) => name === 'container')?.detail).toContain('images build')
  })
})
