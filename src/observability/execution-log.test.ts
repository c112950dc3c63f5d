import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import type { StageResult } from '../contract/execution.js'
import { executionLog } from './execution-log.js'
import { createLogger } from './logger.js'

const USAGE = { wallTimeMs: 3, cpuTimeMs: 2, memoryBytes: 1 }
const RUN: StageResult = {
  stdout: 'secret',
  stderr: 'secret',
  output: 'secret',
  exitCode: 0,
  signal: null,
  stopReason: null,
  truncated: { stdout: false, stderr: false },
  usage: USAGE,
}

it('writes the end of an execution with its ids and figures, and nothing it printed', () => {
  const stream = new PassThrough()
  const log = executionLog(createLogger({ level: 'debug' }, stream))
  const job = { jobId: 'j1', language: 'python' }
  log(job, { type: 'output', stage: 'run', stream: 'stdout', chunk: Buffer.from('secret') })
  log(job, { type: 'stage-finished', stage: 'run', result: RUN })
  for (const status of ['succeeded', 'internal_error'] as const) {
    const result = { ...job, version: '3', status, errorMessage: 'secret', compile: null, run: RUN }
    log(job, { type: 'finished', result })
  }
  const lines = String(stream.read()).trim().split('\n')
  expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
    expect.objectContaining({ level: 'debug', ...job, status: 'succeeded', run: USAGE }),
    expect.objectContaining({ level: 'warn', ...job, status: 'internal_error' }),
  ])
  expect(lines.join('')).not.toContain('secret')
})
