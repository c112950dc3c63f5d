/**
 * The conformance suite against a real engine, and what only this driver promises. The engine is named by
 * CODEEXEC_TEST_DOCKER_HOST; `node scripts/test-docker.mjs` starts a private one and runs this file.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Docker from 'dockerode'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compiledPrograms, testSandboxDriver } from '../../conformance.js'
import { reportOnce } from '../../conformance/report-once.js'
import type { Command, Outcome } from '../../driver.js'
import { LABEL } from './container-options.js'
import type { DockerDriver } from './driver.js'
import { createDockerDriver } from './driver.js'
import { engineOptions } from './engine.js'

const HOST = process.env['CODEEXEC_TEST_DOCKER_HOST']
const IMAGE = 'bash'
const POOL = 3

const engine = (): Docker => new Docker(engineOptions({ host: HOST, certificates: undefined }))

async function imageOf(id: string): Promise<string> {
  const [image] = await engine().listImages({ filters: { label: [`io.codeexec.image=${id}`] } })
  const tag = image?.RepoTags?.[0]
  if (tag === undefined) throw new Error(`no image ${id}; run: codeexec images build --driver docker ${id}`)
  return tag
}

const drivers: DockerDriver[] = []

async function makeDriver(pool = POOL, host = HOST): Promise<DockerDriver> {
  const image = await imageOf(IMAGE)
  const driver = createDockerDriver({
    host,
    certificates: undefined,
    runtime: undefined,
    pool,
    image: (id) => (id === IMAGE ? image : undefined),
    probeImage: () => image,
    log: (line) => process.stderr.write(`driver: ${line}\n`),
  })
  drivers.push(driver)
  return driver
}

const unreported = reportOnce()

/** Containers of ours that are not waiting for a command. */
async function leftovers(): Promise<readonly string[]> {
  await Promise.all(drivers.map((driver) => driver.settled()))
  const ready = drivers.reduce((sum, { figures }) => sum + figures.ready, 0)
  const all = await engine().listContainers({ all: true, filters: { label: [LABEL] } })
  const waiting = all.filter(
    ({ Names, State }) => State === 'running' && Names[0]?.startsWith('/codeexec-pool-'),
  )
  const surplus = waiting.length > ready ? [`${waiting.length} containers wait`] : []
  return [
    ...all.filter((one) => !waiting.includes(one)).map(({ Names, State }) => `${Names[0]} ${State}`),
    ...surplus,
  ]
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

async function runIn(driver: DockerDriver, script: string, executionId = 'test'): Promise<Outcome> {
  const sandbox = await driver.open({ executionId, image: IMAGE, files: [], fileSystemBytes: 1 << 20 })
  try {
    return await sandbox.run(command(script))
  } finally {
    await sandbox.dispose()
  }
}

/**
 * The engine behind a socket of its own, which answers the first attempt to remove each container as Debian 12's
 * engine does when the container ends at that moment. Requests follow each other on a connection, never at once.
 */
async function refuseFirstRemovals(socket: string) {
  const refused = new Set<string>()
  const body = JSON.stringify({
    message: 'Could not kill running container, cannot remove - it is not running',
  })
  const refusal = [
    'HTTP/1.1 500 Internal Server Error',
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n')
  const open = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(new URL(HOST ?? '').pathname)
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(one)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        open.delete(one)
        other.destroy()
      })
    }
    upstream.pipe(client)
    client.on('end', () => upstream.end())
    client.on('data', (chunk) => {
      const id = /^DELETE \/containers\/(?<id>[0-9a-f]+)/u.exec(String(chunk))?.groups?.['id']
      if (id === undefined || refused.has(id)) {
        upstream.write(chunk)
        return
      }
      refused.add(id)
      client.write(refusal)
    })
  })
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  return {
    socket,
    refused,
    close: () =>
      new Promise<void>((resolve) => {
        for (const one of open) one.destroy()
        server.close(() => resolve())
      }),
  }
}

const unfit = HOST === undefined ? 'CODEEXEC_TEST_DOCKER_HOST names no engine' : undefined

describe.skipIf(unfit)(`docker${unfit ? ` (${unfit})` : ''}`, () => {
  testSandboxDriver(
    'docker',
    async () => {
      const driver = await makeDriver()
      await driver.start()
      return { driver, leftovers }
    },
    compiledPrograms(IMAGE),
  )

  describe('the containers', () => {
    let driver: DockerDriver
    beforeAll(async () => {
      driver = await makeDriver()
      await driver.start()
    })
    afterAll(() => driver.close())

    it('are tried again until they are gone where the engine refuses to remove them', async () => {
      const folder = mkdtempSync(path.join(tmpdir(), 'codeexec-refusing-engine-'))
      const refusing = await refuseFirstRemovals(path.join(folder, 'engine.sock'))
      const refused = await makeDriver(0, `unix://${refusing.socket}`)
      try {
        await refused.start()
        expect((await runIn(refused, 'exit 3', 'refused')).exitCode).toBe(3)
        await refused.settled()
        expect(refusing.refused.size).toBe(1)
        expect(refused.stuckContainers).toBe(0)
        for (const id of refusing.refused)
          await expect(engine().getContainer(id).inspect()).rejects.toMatchObject({ statusCode: 404 })
      } finally {
        await refused.close()
        await refusing.close()
        rmSync(folder, { recursive: true })
      }
    })

    it('gives those who ask at once one each, and lets all of them go', async () => {
      const codes = Array.from({ length: 8 }, (_, index) => index)
      const outcomes = await Promise.all(
        codes.map((code) => runIn(driver, `exit ${code}`, `at-once-${code}`)),
      )
      expect(outcomes.map(({ exitCode }) => exitCode)).toEqual(codes)
      expect(unreported(await leftovers())).toEqual([])
    })
  })
})
