/** The service with exactly the capabilities that its container gets, in deploy/compose.yaml as in the chart. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { makeParentGroup } from '../../scripts/parent-group.mjs'
import { ask, execute, metric } from '../e2e/support/client.js'
import { DATA_DIRECTORY, freePort } from '../hostile/harness/service.js'
import { describeUnless, noService } from './support/environment.js'
import { DEPLOY } from './support/prometheus.js'

/** For the service and its programs together. */
const LIMIT_BYTES = 2 ** 30
const ENTRY = fileURLToPath(new URL('../../dist/main/cli.js', import.meta.url))

function capabilities(): string {
  const file = readFileSync(path.join(DEPLOY, 'compose.yaml'), 'utf8')
  const { services } = parse(file, { merge: true }) as { services: { worker: { cap_add: string[] } } }
  return `-all,${services.worker.cap_add.map((name) => `+${name.toLowerCase()}`).join(',')}`
}

describeUnless([noService()], 'a worker with the capabilities of its container', () => {
  it('runs, limits and isolates programs', async () => {
    const port = await freePort()
    const database = mkdtempSync(path.join(tmpdir(), 'codeexec-confined-'))
    const confined = ['--bounding-set', capabilities(), '--inh-caps=-all', '--no-new-privs']
    const group = makeParentGroup({ memoryBytes: LIMIT_BYTES, cpus: 1.5 })
    const command = ['setpriv', ...confined, process.execPath, ENTRY, 'serve']
    const [program = '', ...argv] = group.argv(command)
    const child = spawn(program, argv, {
      stdio: 'ignore',
      env: {
        PATH: process.env['PATH'],
        PORT: String(port),
        CODEEXEC_DATA_DIR: DATA_DIRECTORY,
        CODEEXEC_DATABASE_DIR: database,
        CODEEXEC_SLOTS: '2',
      },
    })
    const ended = new Promise((resolve) => child.once('exit', resolve))
    const service = { port }
    try {
      const ready = (): Promise<number> =>
        ask(service, '/health/ready').then(
          ({ status }) => status,
          () => 0,
        )
      await expect.poll(ready, { timeout: 30_000 }).toBe(200)
      const hello = { language: 'c', code: '#include <stdio.h>\nint main(void) { puts("hi"); }' }
      expect(await execute(service, hello)).toMatchObject({ runTimeStatus: 'succeeded', output: 'hi\n' })
      const hog = { language: 'python', code: 'x = "x" * 10**9', limits: { memoryBytes: 64 * 2 ** 20 } }
      expect(await execute(service, hog)).toMatchObject({ runTimeStatus: 'memory_limit_exceeded' })
      const loop = { language: 'python', code: 'while True: pass', limits: { wallTimeMs: 500 } }
      expect(await execute(service, loop)).toMatchObject({ runTimeStatus: 'time_limit_exceeded' })
      const root = { language: 'python', code: 'print(open("/proc/self/status").read())' }
      expect((await execute(service, root)).output).toMatch(/CapEff:\s+0{16}/)
      // As a container's own limits do, in whose group it makes those of its programs.
      expect(group.groups().filter((name) => name.endsWith('/codeexec'))).toHaveLength(group.folders.length)
      expect(await metric(service, 'codeexec_machine_memory_bytes')).toBe(LIMIT_BYTES)
      expect(await metric(service, 'codeexec_machine_cpus')).toBe(1.5)
    } finally {
      child.kill('SIGTERM')
      await ended
      await group.remove()
      rmSync(database, { recursive: true })
    }
  })
})
