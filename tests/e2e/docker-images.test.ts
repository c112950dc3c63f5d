/**
 * The images of an engine through the command line: built, listed, pushed to a registry, pulled from it, pruned.
 * `node scripts/test-docker.mjs` runs this with a private engine, and Debian's registry on the loopback interface.
 */
import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Docker from 'dockerode'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PrivateEngine } from '../../scripts/docker/engine.mjs'
import { freePort, startService } from '../hostile/harness/service.js'
import { codeexec } from './support/cli.js'
import type { CliResult } from './support/cli.js'
import { execute } from './support/client.js'

const DATA = process.env['CODEEXEC_TEST_DOCKER_DATA']
const hasRegistry = spawnSync('docker-registry', ['--version'], { stdio: 'ignore' }).status === 0
const NAME = /(\S+\/codeexec\/bash:[0-9a-f]{16})$/mu

const unfit =
  DATA === undefined
    ? 'CODEEXEC_TEST_DOCKER_DATA names no engine’s data'
    : hasRegistry
      ? undefined
      : 'docker-registry is not installed'

async function answers(url: string): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    if (
      await fetch(url).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`${url} does not answer`)
}

describe.skipIf(unfit)(`images of an engine${unfit ? ` (${unfit})` : ''}`, { timeout: 600_000 }, () => {
  let folder: string
  let registry: ChildProcess
  let engine: PrivateEngine
  let docker: Docker
  let settings: Readonly<Record<string, string>>
  const images = (...argv: string[]): Promise<CliResult> => codeexec(['images', ...argv], settings)

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'codeexec-registry-'))
    const address = `127.0.0.1:${await freePort()}`
    const file = path.join(folder, 'config.yml')
    writeFileSync(
      file,
      `version: 0.1
storage: { filesystem: { rootdirectory: ${folder}/data } }
http: { addr: '${address}' }
`,
    )
    registry = spawn('docker-registry', ['serve', file], { stdio: 'ignore' })
    await answers(`http://${address}/v2/`)
    engine = new PrivateEngine(DATA)
    await engine.start()
    docker = new Docker({ socketPath: engine.socket })
    settings = {
      CODEEXEC_SANDBOX: 'docker',
      DOCKER_HOST: engine.host,
      CODEEXEC_DOCKER_REGISTRY: `${address}/team`,
      CODEEXEC_LANGUAGES: 'bash',
    }
  }, 120_000)

  /** Takes away everything of this registry that the engine has. */
  async function forget(): Promise<void> {
    const prefix = settings['CODEEXEC_DOCKER_REGISTRY'] ?? ''
    const tags = (await docker.listImages()).flatMap(({ RepoTags }) => RepoTags ?? [])
    for (const tag of tags.filter((one) => one.startsWith(prefix))) await docker.getImage(tag).remove()
  }

  afterAll(async () => {
    if (engine !== undefined) {
      await forget()
      await engine.dispose()
    }
    registry?.kill()
    rmSync(folder, { recursive: true, force: true })
  }, 120_000)

  it('are absent at first, and say so when they are pushed', async () => {
    expect((await images('list')).output).toMatch(/^bash +absent/mu)
    const { code, output } = await images('push', 'bash')
    expect(output).toMatch(/^bash +failed: .*; codeexec images build --driver docker bash makes it$/mu)
    expect(code).toBe(1)
  })

  it('are built with a word on each step, under the registry’s name and the recipe’s hash', async () => {
    const built = await images('build', '--driver', 'docker', 'bash')
    expect(built.output).toMatch(/^bash +Step 1\/\d+ : FROM/mu)
    expect(built.output).toMatch(/^1 built, 0 pulled, 0 already there, 0 failed$/mu)
    expect(built.code).toBe(0)
    const { output } = await images('list')
    expect(output).toMatch(/^bash +ready +5\.\d[\d.]* +\d+ MB/mu)
    expect(NAME.exec(output)?.[1]).toMatch(new RegExp(`^${settings['CODEEXEC_DOCKER_REGISTRY']}/`, 'u'))
    expect((await images('build', 'bash')).output).toContain('0 built, 0 pulled, 1 already there')
  })

  it('belong to nobody in particular, and say what they are', async () => {
    const name = NAME.exec((await images('list')).output)?.[1] ?? ''
    const { Config } = await docker.getImage(name).inspect()
    expect(Config.User).toBe('900000:900000')
    expect(Config.Labels).toMatchObject({
      'io.codeexec.image': 'bash',
      'io.codeexec.hash': expect.stringMatching(/^[0-9a-f]{16}$/u) as string,
      'io.codeexec.version': expect.stringMatching(/^5\./u) as string,
    })
  })

  it('go to the registry and come back, by command', async () => {
    expect(await images('push', 'bash')).toMatchObject({ code: 0 })
    await forget()
    expect((await images('list')).output).toMatch(/^bash +absent/mu)
    const pulled = await images('pull', 'bash')
    expect(pulled.output).toMatch(/^bash +ready$/mu)
    expect(pulled.code).toBe(0)
    expect((await images('list')).output).toMatch(/^bash +ready +5\./mu)
  })

  it('are pulled rather than built where the registry has them, by command and by a service that starts', async () => {
    await forget()
    expect((await images('build', 'bash')).output).toMatch(/^0 built, 1 pulled, 0 already there, 0 failed$/mu)
    await forget()
    const service = await startService(settings)
    try {
      expect(await execute(service, { language: 'bash', code: 'echo $BASH_VERSION' })).toMatchObject({
        output: expect.stringMatching(/^5\./u) as string,
      })
    } finally {
      expect(await service.stop()).toBe(0)
    }
    const tags = (await docker.listImages()).flatMap(({ RepoTags }) => RepoTags ?? [])
    expect(tags.filter((tag) => tag.includes(':unfinished'))).toEqual([])
    expect((await images('list')).output).toMatch(/^bash +ready/mu)
  })

  it('are removed when no recipe names them any more, and nothing else is', async () => {
    const name = NAME.exec((await images('list')).output)?.[1] ?? ''
    const [repository = ''] = name.split(/:(?=[0-9a-f]{16}$)/u)
    await docker.getImage(name).tag({ repo: repository, tag: '0000000000000000' })
    await docker.getImage(name).tag({ repo: `${repository}-of-another`, tag: 'latest' })
    const { code, output } = await images('prune')
    expect(output).toBe(`removed ${repository}:0000000000000000\n`)
    expect(code).toBe(0)
    const tags = (await docker.listImages()).flatMap(({ RepoTags }) => RepoTags ?? [])
    expect(tags).toEqual(expect.arrayContaining([name, `${repository}-of-another:latest`]))
    expect((await images('prune')).output).toBe('Nothing to remove\n')
  })

  it('go nowhere without a registry of the operator’s, and are those of known languages', async () => {
    for (const action of ['push', 'pull']) {
      const { code, output } = await codeexec(['images', action, 'bash'], {
        ...settings,
        CODEEXEC_DOCKER_REGISTRY: undefined,
      })
      expect(output).toBe('No registry is named; set CODEEXEC_DOCKER_REGISTRY\n')
      expect(code).toBe(1)
    }
    const { code, output } = await images('build', 'cobol')
    expect(output).toContain('There is no language cobol')
    expect(code).toBe(1)
  })
})
