/** A first start on machines that are not as ours: the state is made, and the service is started in it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { DATA_DIRECTORY, DRIVER, reasonToSkip, startService } from '../hostile/harness/service.js'
import type { Service } from '../hostile/harness/service.js'
import { codeexec } from './support/cli.js'
import { ask, execute, post } from './support/client.js'
import { describeWhereItCanRun } from './support/suite.js'

const ENTRY = fileURLToPath(new URL('../../dist/main/cli.js', import.meta.url))
const BUILD_TIMEOUT_MS = 5 * 60_000
const PROGRAM = { language: 'bash', code: 'echo "hello from $(id -u)"' }

interface LanguageState {
  readonly id: string
  readonly state: string
}

const stateOf = async (service: Service, id: string): Promise<string | undefined> =>
  (await ask<readonly LanguageState[]>(service, '/api/v1/languages')).body.find((one) => one.id === id)?.state

async function untilState(service: Service, id: string, state: string): Promise<void> {
  while ((await stateOf(service, id)) !== state) await new Promise((resolve) => setTimeout(resolve, 100))
}

const reason = reasonToSkip() ?? (DRIVER === 'docker' ? 'the engine has the images' : undefined)

describeWhereItCanRun(
  'a first start',
  () => {
    let dataDirectory = ''
    let service: Service | undefined
    const start = async (): Promise<Service> => {
      service = await startService({ CODEEXEC_DATA_DIR: dataDirectory, CODEEXEC_LANGUAGES: 'bash' })
      return service
    }

    beforeEach(() => {
      dataDirectory = mkdtempSync(path.join(tmpdir(), 'codeexec-first-start-'))
    })
    afterEach(async () => {
      await service?.stop()
      service = undefined
      rmSync(dataDirectory, { recursive: true, force: true })
    })

    it(
      'under a strict umask, in a data folder that hands its group on, builds images that programs run in',
      async () => {
        chmodSync(dataDirectory, 0o2700)
        const command = 'umask 077; exec "$@"'
        const build = spawn('sh', ['-c', command, 'sh', process.execPath, ENTRY, 'images', 'build', 'bash'], {
          stdio: 'ignore',
          env: { ...process.env, CODEEXEC_DATA_DIR: dataDirectory },
        })
        expect(await once(build, 'close')).toEqual([0, null])
        const images = path.join(dataDirectory, 'images')
        const roots = readdirSync(images)
          .filter((name) => !name.startsWith('.'))
          .map((name) => path.join(images, name, 'rootfs'))
        expect(roots).toHaveLength(2)
        for (const root of roots) expect((statSync(root).mode & 0o7777).toString(8)).toBe('755')
        expect((await execute(await start(), PROGRAM)).output).toMatch(/^hello from 9000\d\d\n$/)
      },
      BUILD_TIMEOUT_MS,
    )

    it('on an image in which no program runs says so everywhere, and offers it once it is mended', async () => {
      const images = path.join(dataDirectory, 'images')
      mkdirSync(images)
      for (const name of readdirSync(path.join(DATA_DIRECTORY, 'images')).filter((one) =>
        /^(?:base|bash)-/.test(one),
      ))
        cpSync(path.join(DATA_DIRECTORY, 'images', name), path.join(images, name), {
          recursive: true,
          verbatimSymlinks: true,
        })
      const broken = readdirSync(images).map((name) => path.join(images, name, 'rootfs'))
      for (const root of broken) chmodSync(root, 0o750)

      const environment = { CODEEXEC_DATA_DIR: dataDirectory, CODEEXEC_LANGUAGES: 'bash' }
      const doctor = await codeexec(['doctor'], environment)
      expect(doctor.output).toMatch(/^MISSING image bash +Bash \S+, but no program runs in it: /m)
      expect(doctor.output).toContain('Programs cannot run here until this is mended: image bash.')
      expect(doctor.code).toBe(1)

      service = await startService(environment, { isReady: false })
      await untilState(service, 'bash', 'failed')
      const refused = await post(service, '/api/v1/execute', PROGRAM)
      expect([refused.status, refused.body.code]).toEqual([503, 'LANGUAGE_NOT_READY'])
      expect(refused.body.errorMessage).toContain('its trial run fails')
      expect(JSON.stringify(refused.body)).not.toContain(dataDirectory)
      const readiness = await ask<{ readonly checks: unknown }>(service, '/health/ready')
      expect(readiness.status).toBe(503)
      expect(readiness.body.checks).toContainEqual({
        name: 'languages',
        ok: false,
        detail: '0 of 1 ready; the trial run fails of bash',
      })
      const metrics = await ask<string>(service, '/metrics')
      expect(metrics.body).toContain('codeexec_language_state{language="bash",state="failed"} 1')
      expect(service.log()).toContain('its image is there, but its trial run fails')

      for (const root of broken) chmodSync(root, 0o755)
      await service.stop()
      service = await startService(environment)
      expect((await execute(service, PROGRAM)).runTimeStatus).toBe('succeeded')
    })
  },
  reason,
)
