/**
 * An engine reached over TLS, and an OCI runtime of the operator's choice.
 * `node scripts/test-docker.mjs` runs this with the images of its private engine.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Docker from 'dockerode'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PrivateEngine } from '../../scripts/docker/engine.mjs'
import { freePort, startService } from '../hostile/harness/service.js'
import { hasOpenssl, makeAuthority, makeCertificate } from './support/certificates.js'
import { codeexec } from './support/cli.js'
import { execute } from './support/client.js'

const DATA = process.env['CODEEXEC_TEST_DOCKER_DATA']
const CODE = { language: 'bash', code: 'echo true answer' }
/** The engine's own, under another name; and one that makes no container. */
const RUNTIMES = ['--add-runtime=chosen=/usr/sbin/runc', '--add-runtime=broken=/bin/false']

const unfit =
  DATA === undefined
    ? 'CODEEXEC_TEST_DOCKER_DATA names no engine’s data'
    : hasOpenssl
      ? undefined
      : 'openssl is not installed'

describe.skipIf(unfit)(`a Docker Engine over TLS${unfit ? ` (${unfit})` : ''}`, { timeout: 120_000 }, () => {
  let folder: string
  let engine: PrivateEngine
  let host: string
  let settings: Readonly<Record<string, string>>

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'codeexec-tls-'))
    const certificates = path.join(folder, 'certificates')
    makeAuthority(certificates)
    makeCertificate(certificates, certificates)
    const others = path.join(folder, 'others')
    makeAuthority(others)
    makeCertificate(others, others)
    host = `tcp://127.0.0.1:${await freePort()}`
    engine = new PrivateEngine(DATA, [
      `--host=${host}`,
      '--tlsverify',
      `--tlscacert=${path.join(certificates, 'ca.pem')}`,
      `--tlscert=${path.join(certificates, 'cert.pem')}`,
      `--tlskey=${path.join(certificates, 'key.pem')}`,
      ...RUNTIMES,
    ])
    await engine.start()
    settings = { DOCKER_HOST: host, DOCKER_CERT_PATH: certificates }
  }, 120_000)

  afterAll(async () => {
    await engine?.dispose()
    rmSync(folder, { recursive: true, force: true })
  }, 120_000)

  it('runs programs for who shows a certificate of its authority', async () => {
    const service = await startService(settings)
    try {
      expect(await execute(service, CODE)).toMatchObject({
        output: 'true answer\n',
        runTimeStatus: 'succeeded',
      })
    } finally {
      expect(await service.stop()).toBe(0)
    }
  })

  it.each([
    ['no certificate', () => ({ ...settings, DOCKER_CERT_PATH: undefined })],
    [
      'a certificate of another authority',
      () => ({ ...settings, DOCKER_CERT_PATH: path.join(folder, 'others') }),
    ],
  ])('tells who shows %s that there is no engine for them', async (_, environment) => {
    const { code, output } = await codeexec(['doctor'], environment())
    expect(output).toMatch(/^MISSING +engine +the Docker Engine cannot be reached/mu)
    expect(code).toBe(1)
  })

  it('makes containers with the runtime that is chosen', async () => {
    const chosen = { ...settings, CODEEXEC_DOCKER_RUNTIME: 'chosen' }
    const { code, output } = await codeexec(['doctor'], chosen)
    expect(output).toMatch(/^ok +runtime +chosen$/mu)
    expect(output).toMatch(/^ok +counters +/mu)
    expect(code).toBe(0)
    const service = await startService(chosen)
    try {
      expect(await execute(service, CODE)).toMatchObject({ output: 'true answer\n' })
      const hog = {
        ...CODE,
        code: 'x=$(head -c 200000000 /dev/zero | tr "\\0" x)',
        limits: { memoryBytes: 2 ** 26 },
      }
      expect(await execute(service, hog)).toMatchObject({ runTimeStatus: 'memory_limit_exceeded' })
      const docker = new Docker({ socketPath: engine.socket })
      const all = await docker.listContainers({ filters: { label: ['io.codeexec.role'] } })
      const runtimes = await Promise.all(
        all.map(async ({ Id }) => (await docker.getContainer(Id).inspect()).HostConfig.Runtime),
      )
      expect(new Set(runtimes)).toEqual(new Set(['chosen']))
    } finally {
      expect(await service.stop()).toBe(0)
    }
  })

  it('says in the engine’s words that a runtime makes no containers', async () => {
    const { code, output } = await codeexec(['doctor'], { ...settings, CODEEXEC_DOCKER_RUNTIME: 'broken' })
    expect(output).toMatch(/^ok +runtime +broken$/mu)
    expect(output).toMatch(
      /^MISSING +container +the Docker Engine refused to start a container: .*OCI runtime/mu,
    )
    expect(code).toBe(1)
  })

  it('refuses to start with a runtime that the engine does not know, and says which there are', async () => {
    const absent = { ...settings, CODEEXEC_DOCKER_RUNTIME: 'absent' }
    for (const [word, exitCode] of [
      ['doctor', 1],
      ['serve', 2],
    ] as const) {
      const { code, output } = await codeexec([word], { ...absent, PORT: String(await freePort()) })
      expect(output).toMatch(/the engine has no runtime absent, but .*chosen/u)
      expect(code).toBe(exitCode)
    }
  })
})
