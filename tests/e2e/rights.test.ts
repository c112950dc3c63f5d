/** Who has which rights: started as root, the service keeps them only where they are needed. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { findServiceUser, firstUnreadable } from '../../src/main/service-user.js'
import { DATA_DIRECTORY, DRIVER, reasonToSkip, startService } from '../hostile/harness/service.js'
import type { Service } from '../hostile/harness/service.js'
import { codeexec } from './support/cli.js'
import { ask, execute, metric, post } from './support/client.js'
import { familyRights, threadRights } from './support/processes.js'
import type { RightsOf } from './support/processes.js'
import { describeWhereItCanRun, withService } from './support/suite.js'
import { ended, submit } from './support/submissions.js'

const ENTRY = fileURLToPath(new URL('../../dist/main/cli.js', import.meta.url))
const PATIENCE = { timeout: 30_000, interval: 50 }
const HELLO = { language: 'python', code: 'print("hello")' }

const user = findServiceUser(undefined)

/** In a clone that only root may enter the service says so and stays root; see docs/operations.md. */
function reason(): string | undefined {
  if (reasonToSkip() !== undefined) return reasonToSkip()
  if (DRIVER !== 'namespaces') return 'the driver has no supervisor'
  const closed = user && firstUnreadable([ENTRY], user)
  return closed === undefined ? undefined : `only root may use ${closed}`
}

/** Of those that root has here; containers and some machines lack SYS_RESOURCE. */
const had = new Set(threadRights(process.pid)[0]?.permitted)
const onlyHad = (names: readonly string[]): string[] => names.filter((name) => had.has(name)).toSorted()

const INIT = ['CHOWN', 'DAC_OVERRIDE', 'SETGID', 'SETUID', 'SYS_ADMIN', 'SYS_CHROOT']
const SUPERVISOR = onlyHad([...INIT, 'FOWNER', 'KILL', 'MKNOD', 'NET_ADMIN', 'SYS_RESOURCE'])
/** As docs/threat-model.md lists them. */
const EXPECTED: Readonly<Record<string, { readonly permitted: string[]; readonly bounding: string[] }>> = {
  'codeexec-guard': {
    permitted: [...SUPERVISOR, 'SETPCAP'].toSorted(),
    bounding: [...SUPERVISOR, 'SETPCAP'].toSorted(),
  },
  'codeexec-superv': { permitted: SUPERVISOR, bounding: [] },
  'codeexec-keeper': { permitted: INIT, bounding: [] },
  'codeexec-spawn': { permitted: [...INIT, 'SETPCAP'].toSorted(), bounding: [...INIT, 'SETPCAP'].toSorted() },
  'codeexec-warm': { permitted: INIT, bounding: [] },
}

const named = (all: readonly RightsOf[], name: string): RightsOf[] => all.filter((one) => one.name === name)

function supervisorOf(service: Service): RightsOf {
  const [supervisor] = named(familyRights(service.pid), 'codeexec-superv')
  if (supervisor === undefined) throw new Error('there is no supervisor')
  return supervisor
}

function expectUnprivileged(rights: readonly RightsOf[]): void {
  expect(rights.length).toBeGreaterThan(0)
  for (const one of rights) {
    expect(one).toMatchObject({
      uids: [user?.uid, user?.uid, user?.uid, user?.uid],
      groups: '',
      permitted: [],
      effective: [],
      inheritable: [],
      ambient: [],
      noNewPrivileges: true,
      hasFilter: true,
    })
  }
}

describe.skipIf(reason() !== undefined)(`rights${reason() ? `, skipped: ${reason()}` : ''}`, () => {
  withService('of a running service', {}, (service) => {
    it('are none in any thread of Node', async () => {
      // Ready is a service with any language; this one may come later.
      await expect
        .poll(async () => (await post(service(), '/api/v1/execute', HELLO)).status, PATIENCE)
        .toBe(200)
      expectUnprivileged(threadRights(service().pid))
    })

    it('are those that it uses in each process that has any', async () => {
      // Fork servers and what they live in are made after the start.
      await expect
        .poll(() => named(familyRights(service().pid), 'codeexec-warm').length, PATIENCE)
        .toBeGreaterThan(0)
      await expect.poll(() => unexpected(service().pid), PATIENCE).toEqual([])
    })

    it('are none in an analysis, which can reach nothing', async () => {
      const analysis = await post<{ findings: object[] }>(service(), '/api/v1/analyze', {
        language: 'python',
        code: 'eval("1")\n',
      })
      expect(analysis.body.findings).toHaveLength(1)
      const helpers = familyRights(service().pid).filter(
        ({ pid, name, uids }) => name === 'node' && pid !== service().pid && uids[0] === user?.uid,
      )
      expect(helpers).toHaveLength(1)
      expectUnprivileged(threadRights(helpers[0]?.pid ?? 0))
    })

    it('are none in the init process of a program, which may wait and report and no more', async () => {
      const running = execute(service(), { language: 'bash', code: 'sleep 3; echo slept' })
      await expect
        .poll(() => initsOfPrograms(service().pid).filter(({ hasFilter }) => hasFilter).length, PATIENCE)
        .toBeGreaterThan(0)
      for (const init of initsOfPrograms(service().pid))
        expect(init).toMatchObject({ permitted: [], noNewPrivileges: true })
      expect((await running).output).toBe('slept\n')
    })

    it('start another supervisor when one has died', async () => {
      const { pid } = supervisorOf(service())
      process.kill(pid, 'SIGKILL')
      await expect
        .poll(() => metric(service(), 'codeexec_supervisor_restarts_total'), PATIENCE)
        .toBeGreaterThan(0)
      await expect.poll(async () => (await ask(service(), '/health/ready')).status, PATIENCE).toBe(200)
      expect(supervisorOf(service()).pid).not.toBe(pid)
      expect((await execute(service(), HELLO)).output).toBe('hello\n')
      // A process that was just forked gives up what it does not use first.
      await expect.poll(() => unexpected(service().pid), PATIENCE).toEqual([])
    })
  })

  describeWhereItCanRun('over a start', () => {
    const running: Service[] = []
    const folders: string[] = []
    afterEach(async () => {
      await Promise.all(running.splice(0).map((service) => service.stop()))
      for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
    })
    async function start(environment: Readonly<Record<string, string>>): Promise<Service> {
      const service = await startService(environment)
      running.push(service)
      return service
    }
    function newFolder(): string {
      const folder = mkdtempSync('/tmp/codeexec-rights-')
      folders.push(folder)
      return folder
    }

    it('let the service go on with the data of one that was root', async () => {
      const data = newFolder()
      symlinkSync(path.join(DATA_DIRECTORY, 'images'), path.join(data, 'images'))
      const database = path.join(data, 'database')
      const settings = { CODEEXEC_DATA_DIR: data, CODEEXEC_DATABASE_DIR: database }
      const before = await start({ ...settings, CODEEXEC_USER: 'root' })
      expect(threadRights(before.pid)[0]?.uids[0]).toBe(0)
      expect(before.log()).toContain('the service stays root, as CODEEXEC_USER asks')
      const id = await submit(before, HELLO)
      await ended(before, id)
      await before.stop()
      expect(statSync(database).uid).toBe(0)

      const after = await start(settings)
      expectUnprivileged(threadRights(after.pid))
      expect((await ended(after, id)).result?.output).toBe('hello\n')
      expect((await ended(after, await submit(after, HELLO))).result?.output).toBe('hello\n')
      const share = await post<{ id: string }>(after, '/api/v1/shares', HELLO)
      expect((await ask(after, `/api/v1/shares/${share.body.id}`)).status).toBe(200)
    })

    it('hand over no folder that holds what is others’', async () => {
      const data = newFolder()
      const database = path.join(data, 'database')
      mkdirSync(database)
      writeFileSync(path.join(database, 'of-others'), '')
      const { code, output } = await codeexec(['serve'], {
        CODEEXEC_DATA_DIR: data,
        CODEEXEC_DATABASE_DIR: database,
        PORT: '0',
      })
      expect({ code, output }).toEqual({
        code: 2,
        output: expect.stringContaining('also holds what is not the database'),
      })
      expect(statSync(path.join(database, 'of-others')).uid).toBe(0)
      expect(statSync(database).uid).toBe(0)
    })

    it('reach to a port that only root may listen on, and no further', async () => {
      const service = await start({ PORT: '871' })
      expect((await execute(service, HELLO)).output).toBe('hello\n')
      expectUnprivileged(threadRights(service.pid))
    })

    it('are given up for the user that the settings name', async () => {
      const service = await start({ CODEEXEC_USER: 'daemon' })
      const id = Number(execFileSync('id', ['-u', 'daemon'], { encoding: 'utf8' }))
      expect(new Set(threadRights(service.pid).map(({ uids }) => uids[0]))).toEqual(new Set([id]))
    })

    it('end the service when it could start no other supervisor', async () => {
      const service = await start({})
      const [guard] = named(familyRights(service.pid), 'codeexec-guard')
      process.kill(guard?.pid ?? 0, 'SIGKILL')
      await expect.poll(() => service.isRunning(), PATIENCE).toBe(false)
      expect(service.log()).toContain('what starts supervisors has ended')
    })

    it('build images in a process of root’s, which goes with the service', async () => {
      const data = newFolder()
      // What another user of the machine has put there is nothing that a build may follow or a start may miss.
      mkdirSync(path.join(data, 'images'), { mode: 0o700 })
      chownSync(path.join(data, 'images'), 0, 0)
      const service = spawn(process.execPath, [ENTRY, 'serve'], {
        env: {
          PATH: process.env['PATH'],
          PORT: '0',
          CODEEXEC_DATA_DIR: data,
          CODEEXEC_LANGUAGES: 'bash',
          REDIS_URL: '',
        },
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      let said = ''
      service.stdout.on('data', (chunk: Buffer) => {
        said += String(chunk)
      })
      try {
        await expect.poll(() => said, PATIENCE).toContain('installing Debian')
        expectUnprivileged(threadRights(service.pid ?? 0))
        const builders = familyRights(service.pid ?? 0).filter(
          ({ pid, name, uids }) => name === 'node' && pid !== service.pid && uids[0] === 0,
        )
        expect(builders).toHaveLength(1)
        const exit = once(service, 'exit')
        service.kill('SIGTERM')
        expect(await exit).toEqual([0, null])
        await expect.poll(() => familyOrNone(builders[0]?.pid ?? 0), PATIENCE).toEqual([])
      } finally {
        service.kill('SIGKILL')
      }
    })
  })
})

/** Processes of root's whose capabilities are not the documented ones. */
function unexpected(service: number): RightsOf[] {
  return familyRights(service).filter(({ name, uids, permitted, effective, bounding, noNewPrivileges }) => {
    // An init process makes its sandbox with a zygote's rights and then has none.
    if (name === 'init') return uids[0] === 0 && !(same(permitted, INIT) && same(effective, INIT))
    const expected = EXPECTED[name]
    if (expected === undefined) return uids[0] === 0
    return !(
      noNewPrivileges &&
      same(permitted, expected.permitted) &&
      same(effective, expected.permitted) &&
      same(bounding, expected.bounding)
    )
  })
}

/** They have uids of their own, above those of the programs. */
function initsOfPrograms(service: number): RightsOf[] {
  return familyRights(service).filter(({ name, uids }) => name === 'init' && (uids[0] ?? 0) >= 965_536)
}

function same(found: readonly string[], expected: readonly string[]): boolean {
  return JSON.stringify(found) === JSON.stringify(expected)
}

function familyOrNone(pid: number): RightsOf[] {
  try {
    return familyRights(pid)
  } catch {
    return []
  }
}
