/** Storage as production wires it: what it does must need no observer. */
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { testConfig } from '../api/test-support.js'
import { createLogger } from '../observability/logger.js'
import { createMetrics } from '../observability/metrics/metrics.js'
import type { Metrics } from '../observability/metrics/metrics.js'
import { createMemoryQueue } from '../queue/memory.js'
import { executionOf } from '../store/conformance.js'
import type { ExecutionStore } from '../store/execution-store.js'
import { openTestStore } from '../store/test-support.js'
import type { TestStore } from '../store/test-support.js'
import { startRecords } from './records.js'
import type { RunningRecords } from './records.js'

let test: TestStore
let metrics: Metrics
let records: RunningRecords | undefined
let log: string

beforeEach(async () => {
  test = await openTestStore()
  metrics = createMetrics({ version: '1', role: 'all' })
  log = ''
})
afterEach(async () => {
  await records?.stop()
  await test.dispose()
})

async function start(store: ExecutionStore): Promise<void> {
  const stream = new PassThrough()
  stream.on('data', (line: Buffer) => {
    log += line.toString()
  })
  records = await startRecords({
    config: testConfig({ CODEEXEC_EXECUTION_RETENTION: '1s', CODEEXEC_PRUNE_INTERVAL: '5ms' }),
    logger: createLogger({ level: 'debug' }, stream),
    metrics,
    store,
    queue: createMemoryQueue({ capacity: 1 }),
  })
}

async function figure(name: string): Promise<number> {
  const line = (await metrics.render()).split('\n').find((candidate) => candidate.startsWith(`${name} `))
  return Number(line?.split(' ')[1])
}

it('deletes what is past its time, and counts it', async () => {
  const execution = executionOf({ createdAtMs: Date.now() - 60_000 })
  await test.store.saveExecution(execution, { owner: 'owner' })
  await start(test.store)
  await expect.poll(() => test.store.getExecution(execution.jobId)).toBeUndefined()
  await expect.poll(() => figure('codeexec_store_deleted_records_total{kind="executions"}')).toBe(1)
  expect(await figure('codeexec_store_bytes')).toBeGreaterThan(0)
})

it('says when the store cannot be pruned, and goes on trying', async () => {
  let attempts = 0
  const prune: ExecutionStore['prune'] = (...asked) =>
    ++attempts < 3 ? Promise.reject(new Error('the disk is away')) : test.store.prune(...asked)
  await start({ ...test.store, prune })
  await expect.poll(() => figure('codeexec_store_bytes')).toBeGreaterThan(0)
  expect(await figure('codeexec_store_prune_failures_total')).toBe(2)
  expect(log).toContain('the store could not be pruned')
  expect(log).toContain('the disk is away')
})
