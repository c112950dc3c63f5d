import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base'
import { describe, expect, it } from 'vitest'
import { makeApp } from '../../api/test-support.js'
import { toyRequest } from '../../execution/test-support.js'
import type { ExecutionResult, StageResult } from '../../contract/execution.js'
import { createMemoryQueue } from '../../queue/memory.js'
import { traceQueue } from '../tracing.js'
import { createTracing } from './opentelemetry.js'

const STAGE: StageResult = {
  stdout: 'secret',
  stderr: 'secret',
  output: 'secret',
  exitCode: null,
  signal: 'SIGKILL',
  stopReason: 'memory',
  truncated: { stdout: false, stderr: false },
  usage: { wallTimeMs: 3, cpuTimeMs: 2, memoryBytes: 1 },
}
const RESULT: ExecutionResult = {
  jobId: 'job',
  language: 'fake',
  version: '1',
  status: 'memory_limit_exceeded',
  errorMessage: 'secret',
  compile: null,
  run: STAGE,
}

function traced() {
  const exporter = new InMemorySpanExporter()
  const settings = { exporter: 'console', version: '1', role: 'all' } as const
  const tracing = createTracing(settings, new SimpleSpanProcessor(exporter))
  const spans = (): Record<string, ReadableSpan> =>
    Object.fromEntries(exporter.getFinishedSpans().map((span) => [span.name, span]))
  return { tracing, spans }
}

describe('a traced request', () => {
  it('has its execution, its waiting and its stages in one trace, across the queue', async () => {
    const { tracing, spans } = traced()
    const queue = traceQueue(createMemoryQueue({ capacity: 1 }), tracing)
    queue.consume(
      (request, context) =>
        tracing.execution(request, context, async ({ emit }) => {
          await emit({ type: 'stage-started', stage: 'run' })
          await emit({ type: 'output', stage: 'run', stream: 'stdout', chunk: Buffer.from('secret') })
          await emit({ type: 'stage-finished', stage: 'run', result: STAGE })
          return { ...RESULT, jobId: request.jobId }
        }),
      1,
    )
    const { app } = await makeApp({ dependencies: { queue, tracing } })
    const answer = await app.inject({
      method: 'POST',
      url: '/run',
      payload: { language: 'python', code: 'secret' },
      headers: { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` },
    })
    expect(answer.statusCode).toBe(200)
    await expect.poll(() => Object.keys(spans())).toContain('POST /run')
    const { 'POST /run': request, queue: waiting, execution, run } = spans()
    expect(request?.parentSpanContext?.spanId).toBe('b'.repeat(16))
    expect(waiting?.parentSpanContext?.spanId).toBe(request?.spanContext().spanId)
    expect(execution?.parentSpanContext?.spanId).toBe(request?.spanContext().spanId)
    expect(run?.parentSpanContext?.spanId).toBe(execution?.spanContext().spanId)
    for (const span of [request, waiting, execution, run]) {
      expect(span?.spanContext().traceId).toBe('a'.repeat(32))
      expect(JSON.stringify([span?.attributes, span?.name, span?.events])).not.toContain('secret')
    }
    expect(execution?.attributes).toMatchObject({
      'codeexec.language': 'python',
      'codeexec.verdict': 'memory_limit_exceeded',
    })
    expect(run?.attributes).toMatchObject({ 'codeexec.stop_reason': 'memory', 'codeexec.signal': 'SIGKILL' })
    expect(request?.resource.attributes).toMatchObject({ 'service.name': 'codeexec', 'codeexec.role': 'all' })
  })

  it('is not made of what only watches', async () => {
    const { tracing, spans } = traced()
    const { app } = await makeApp({ dependencies: { tracing } })
    await app.inject({ url: '/health' })
    await app.inject({ url: '/api/v1/languages' })
    await expect.poll(() => Object.keys(spans())).toEqual(['GET /api/v1/languages'])
  })
})

describe('an execution that the platform failed', () => {
  it('is marked so, whoever sent it', async () => {
    const { tracing, spans } = traced()
    const failing = tracing.execution(toyRequest(), { emit: () => {} }, () =>
      Promise.reject(new Error('secret')),
    )
    await expect(failing).rejects.toThrow('secret')
    const { execution } = spans()
    expect(execution?.status.code).toBe(2)
    expect(execution?.parentSpanContext).toBeUndefined()
    expect(JSON.stringify(execution?.status)).not.toContain('secret')
  })
})
