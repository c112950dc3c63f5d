/** Against a given MONGODB_URL, else a FerretDB that is built when there is a Go toolchain. */
import { randomUUID } from 'node:crypto'
import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { executionOf, testExecutionStore } from './conformance.js'
import { AMPLE } from './limits.js'
import { createMongodbStore } from './mongodb.js'
import { startMongodb } from './mongodb-test-server.js'
import type { MongodbServer } from './mongodb-test-server.js'

const server = await startMongodb()
afterAll(() => server?.stop())

const databaseUrl = (base: string, name: string): string => {
  const url = new URL(base)
  url.pathname = `/${name}`
  return url.href
}

const unfit = server === undefined ? ', skipped: no MONGODB_URL and no Go toolchain to build a server' : ''
const ownOnly = server?.restart === undefined ? ', skipped: no server of our own to restart' : ''

describe.skipIf(unfit !== '')(`MongoDB${unfit}`, () => {
  testExecutionStore('mongodb', async () => {
    const url = databaseUrl(server?.url ?? '', `codeexec-test-${randomUUID()}`)
    const client = new MongoClient(url)
    return {
      store: createMongodbStore({ url, limits: AMPLE }),
      reopen: (limits) => Promise.resolve(createMongodbStore({ url, limits: { ...AMPLE, ...limits } })),
      clear: async () => {
        for (const { name } of await client.db().listCollections().toArray()) {
          await client.db().collection(name).deleteMany({})
        }
      },
      dispose: async () => {
        await client.db().dropDatabase()
        await client.close()
      },
    }
  })
})

describe.skipIf(ownOnly !== '')(`MongoDB that goes away${ownOnly}`, () => {
  let own: MongodbServer | undefined
  beforeAll(async () => {
    own = await startMongodb()
  })
  afterAll(() => own?.stop())

  it('is STORE_UNAVAILABLE meanwhile, and is there again afterwards', async () => {
    const store = createMongodbStore({ url: own?.url ?? '', limits: AMPLE })
    const execution = executionOf()
    await store.saveExecution(execution, { owner: 'owner' })
    await own?.stop()
    await expect(store.check()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', status: 503 })
    await expect(store.getExecution(execution.jobId)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    await own?.restart?.()
    await store.check()
    expect(await store.getExecution(execution.jobId)).toEqual(execution)
    await store.close()
  })

  it('may be away when the service starts', async () => {
    await own?.stop()
    const store = createMongodbStore({ url: own?.url ?? '', limits: AMPLE })
    await expect(store.check()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    await own?.restart?.()
    await expect(store.check()).resolves.toBeUndefined()
    await store.close()
  })
})
