/** Nothing is kept beyond its time or its room, whoever looks on: over the composed service and both databases. */
import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import Database from 'libsql'
import { MongoClient } from 'mongodb'
import { expect, it } from 'vitest'
import { startService } from '../hostile/harness/service.js'
import type { Service } from '../hostile/harness/service.js'
import { ask, execute, metric, post } from './support/client.js'
import { describeSplit, startSplit } from './support/split.js'
import { ended, submit } from './support/submissions.js'
import { describeWhereItCanRun } from './support/suite.js'

const MEBIBYTE = 2 ** 20
const PATIENCE = { timeout: 40_000, interval: 200 }
const SHORT = {
  CODEEXEC_SUBMISSION_RETENTION: '2s',
  CODEEXEC_EXECUTION_RETENTION: '2s',
  CODEEXEC_SHARE_RETENTION: '2s',
  CODEEXEC_PRUNE_INTERVAL: '1s',
}
const HELLO = { language: 'bash', code: 'echo kept' }

interface Kept {
  readonly jobId: string
}

/** One record of each kind; gives their addresses. */
async function keepOneOfEach(service: Service): Promise<readonly string[]> {
  const id = await submit(service, HELLO)
  const saved = (await execute(service, { ...HELLO, saveMetric: true })) as unknown as Kept
  const share = await post<{ id: string }>(service, '/api/v1/shares', HELLO)
  expect(share.status).toBe(201)
  expect((await ended(service, id)).result?.output).toBe('kept\n')
  return [`/api/v1/submissions/${id}`, `/api/v1/executions/${saved.jobId}`, `/api/v1/shares/${share.body.id}`]
}

const statuses = (service: Service, addresses: readonly string[]): Promise<readonly number[]> =>
  Promise.all(addresses.map(async (address) => (await ask(service, address)).status))

async function expectGone(
  service: Service,
  addresses: readonly string[],
  count: () => Promise<number>,
): Promise<void> {
  await expect.poll(() => statuses(service, addresses), PATIENCE).toEqual([404, 404, 404])
  await expect.poll(count, PATIENCE).toBe(0)
  for (const kind of ['submissions', 'executions', 'shares']) {
    const name = `codeexec_store_deleted_records_total{kind="${kind}"}`
    await expect.poll(() => metric(service, name), PATIENCE).toBe(1)
  }
  expect(await metric(service, 'codeexec_store_last_prune_timestamp_seconds')).toBeGreaterThan(
    Date.now() / 1000 - 30,
  )
  expect(await metric(service, 'codeexec_store_prune_failures_total')).toBe(0)
}

const TABLES = ['submissions', 'executions', 'shares']

function rowsIn(file: string): Promise<number> {
  const database = new Database(file, { readonly: true })
  const rows = TABLES.map(
    (table) => database.prepare(`SELECT count(*) AS rows FROM ${table}`).get() as { rows: number },
  )
  database.close()
  return Promise.resolve(rows.reduce((sum, row) => sum + row.rows, 0))
}

const from = (address: string) => ({
  headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
})

async function withDatabase(
  environment: Readonly<Record<string, string>>,
  use: (folder: string, start: () => Promise<Service>) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync('/tmp/retention-')
  const started: Service[] = []
  try {
    await use(folder, async () => {
      const service = await startService({ ...environment, CODEEXEC_DATABASE_DIR: folder })
      started.push(service)
      return service
    })
  } finally {
    await Promise.all(started.map((service) => service.stop()))
    rmSync(folder, { recursive: true })
  }
}

describeWhereItCanRun('the embedded database', () => {
  it('forgets what is past its time', () =>
    withDatabase(SHORT, async (folder, start) => {
      const service = await start()
      const addresses = await keepOneOfEach(service)
      expect(await statuses(service, addresses.slice(0, 2))).toEqual([200, 200])
      await expectGone(service, addresses, () => rowsIn(path.join(folder, 'codeexec.db')))
    }))

  it('stays within its room on the disk, whatever is written, and over a restart', () =>
    withDatabase({ CODEEXEC_MAX_STORE: '12MiB', CODEEXEC_CLIENT_STORE: '12MiB' }, async (folder, start) => {
      const bytes = (): number =>
        readdirSync(folder).reduce((sum, name) => sum + statSync(path.join(folder, name)).size, 0)
      const sizes: number[] = []
      const write = async (service: Service): Promise<void> => {
        const code = `# ${randomBytes(MEBIBYTE).toString('base64')}\necho done`
        const id = await submit(service, { language: 'bash', code, analyze: false })
        await ended(service, id)
        sizes.push(bytes())
      }
      let service = await start()
      for (let round = 0; round < 6; round++)
        await Promise.all([write(service), write(service), write(service)])
      await service.stop()
      service = await start()
      for (let round = 0; round < 2; round++) await Promise.all([write(service), write(service)])
      expect(Math.max(...sizes)).toBeLessThanOrEqual(12 * MEBIBYTE)
      expect(Math.max(...sizes)).toBeGreaterThan(6 * MEBIBYTE)
      expect(await metric(service, 'codeexec_store_max_bytes')).toBe(12 * MEBIBYTE)
    }))

  it('keeps the records of others when one client writes all it can', () =>
    withDatabase(
      { CODEEXEC_MAX_STORE: '12MiB', CODEEXEC_TRUSTED_PROXY: '127.0.0.1', CODEEXEC_PRUNE_INTERVAL: '1s' },
      async (_folder, start) => {
        const service = await start()
        const ids: string[] = []
        for (let index = 0; index < 3; index++) {
          const { body } = await post<{ id: string }>(
            service,
            '/api/v1/submissions',
            HELLO,
            from('203.0.113.1'),
          )
          ids.push(body.id)
        }
        await Promise.all(ids.map((id) => ended(service, id)))
        const share = await post<{ id: string }>(service, '/api/v1/shares', HELLO, from('203.0.113.1'))

        const code = `# ${randomBytes(MEBIBYTE).toString('base64')}\necho done`
        const shares: string[] = []
        for (let index = 0; index < 10; index++) {
          const body = { language: 'bash', code, analyze: false }
          const large = await post<{ id: string }>(service, '/api/v1/submissions', body, from('198.51.100.1'))
          expect(large.status).toBe(202)
          await ended(service, large.body.id)
          const made = await post(service, '/api/v1/shares', { language: 'bash', code }, from('198.51.100.1'))
          shares.push(made.status === 201 ? 'made' : made.body.code)
        }
        expect(new Set(shares)).toEqual(new Set(['CLIENT_STORE_FULL']))
        expect(
          await statuses(service, [
            ...ids.map((id) => `/api/v1/submissions/${id}`),
            `/api/v1/shares/${share.body.id}`,
          ]),
        ).toEqual([200, 200, 200, 200])
      },
    ))

  it("is for the service's user alone, in a folder that was there before", () =>
    withDatabase({}, async (folder, start) => {
      chmodSync(folder, 0o755)
      const umask = process.umask(0)
      try {
        const service = await start()
        await keepOneOfEach(service)
        const files = ['codeexec.db', 'codeexec.db-wal', 'claim.db']
        // The claim comes when the languages have been tried.
        await expect.poll(() => readdirSync(folder), PATIENCE).toEqual(expect.arrayContaining(files))
        const names = readdirSync(folder)
        expect(names.map((name) => statSync(path.join(folder, name)).mode & 0o777)).toEqual(
          names.map(() => 0o600),
        )
        expect(statSync(folder).mode & 0o777).toBe(0o700)
      } finally {
        process.umask(umask)
      }
    }))

  it('opens to nobody who has read the log, at any level of it', () =>
    withDatabase({ CODEEXEC_LOG_LEVEL: 'trace', OTEL_TRACES_EXPORTER: 'console' }, async (_folder, start) => {
      const service = await start()
      const addresses = await keepOneOfEach(service)
      const id = await submit(service, { ...HELLO, saveMetric: true })
      const { result } = await ended(service, id)
      const saved = (result as unknown as Kept).jobId
      const all = [...addresses, `/api/v1/submissions/${id}`, `/api/v1/executions/${saved}`]
      expect(await statuses(service, all)).toEqual([200, 200, 200, 200, 200])
      // Followed, read under a wrong address, cancelled too late, and left before the answer.
      await ask(service, `/api/v1/submissions/${id}/events`)
      for (const address of all) {
        await ask(service, `${address}/nothing`)
        await ask(service, address, { method: 'DELETE' })
        await ask(service, `${address}?%zz`)
      }
      const log = service.log()
      expect(log).toContain('"msg":"request"')
      for (const address of all) expect(log).not.toContain(path.basename(address))
      const logged = [...log.matchAll(/"jobId":"([^"]+)"/g)].map(([, jobId]) => jobId)
      expect(logged.length).toBeGreaterThan(2)
      for (const jobId of new Set(logged)) {
        expect((await ask(service, `/api/v1/executions/${jobId}`)).status).toBe(404)
        expect((await ask(service, `/api/v1/submissions/${jobId}`)).status).toBe(404)
      }
    }))
})

describeSplit('a shared database', () => {
  it('forgets what is past its time', async () => {
    const split = await startSplit({ ...SHORT, CODEEXEC_SLOTS: '1' }, { workers: 1 })
    const client = new MongoClient(split.mongodbUrl)
    try {
      const [api] = split.apis
      if (api === undefined) throw new Error('there is no api')
      const addresses = await keepOneOfEach(api)
      expect(addresses).toHaveLength(3)
      const collections = [...TABLES, 'endings', 'bodies']
      await expectGone(api, addresses, async () => {
        const counts = await Promise.all(
          collections.map((name) => client.db().collection(name).countDocuments()),
        )
        return counts.reduce((sum, count) => sum + count, 0)
      })
    } finally {
      await client.close()
      await split.stop()
    }
  })

  it('stays within its room, whatever is written', async () => {
    const environment = { CODEEXEC_MAX_STORE: '12MiB', CODEEXEC_CLIENT_STORE: '12MiB', CODEEXEC_SLOTS: '1' }
    const split = await startSplit(environment, { workers: 1 })
    const client = new MongoClient(split.mongodbUrl)
    try {
      const [api] = split.apis
      if (api === undefined) throw new Error('there is no api')
      for (let round = 0; round < 14; round++) {
        const code = `# ${randomBytes(MEBIBYTE).toString('base64')}\necho done`
        const id = await submit(api, { language: 'bash', code, analyze: false })
        expect((await ended(api, id)).result?.output).toBe('done\n')
        const pieces = await client.db().collection<{ data: { length(): number } }>('bodies').find().toArray()
        expect(pieces.reduce((sum, { data }) => sum + data.length(), 0)).toBeLessThanOrEqual(12 * MEBIBYTE)
      }
    } finally {
      await client.close()
      await split.stop()
    }
  })
})
