import { describe, expect, it } from 'vitest'
import type { ExecutionResult, StageResult } from '../../contract/execution.js'
import { createMetrics } from './metrics.js'
import type { SupervisorFigures } from './sandboxes.js'

const STAGE: StageResult = {
  stdout: '',
  stderr: '',
  output: '',
  exitCode: 0,
  signal: null,
  stopReason: null,
  truncated: { stdout: false, stderr: false },
  usage: { wallTimeMs: 30, cpuTimeMs: 20, memoryBytes: 3 * 2 ** 20 },
}

const RESULT: ExecutionResult = {
  jobId: 'j',
  language: 'cpp',
  version: '14',
  status: 'succeeded',
  errorMessage: null,
  compile: STAGE,
  run: STAGE,
}

const SERVICE = { version: '1.2.3', role: 'all' }
const CPP = { language: 'cpp' }

describe('requests', () => {
  it('are counted by method, route and status, and timed', async () => {
    const metrics = createMetrics(SERVICE)
    metrics.http({ method: 'POST', route: '/run', statusCode: 200, durationMs: 7, errorCode: '' })
    metrics.http({ method: 'POST', route: '/run', statusCode: 503, durationMs: 1, errorCode: '' })
    const text = await metrics.render()
    expect(text).toContain('codeexec_http_requests_total{method="POST",route="/run",status="200"} 1')
    expect(text).toContain('codeexec_http_requests_total{method="POST",route="/run",status="503"} 1')
    expect(text).toContain(
      'codeexec_http_request_duration_seconds_bucket{le="0.01",method="POST",route="/run"} 2',
    )
    expect(text).toContain(
      'codeexec_http_request_duration_seconds_bucket{le="0.005",method="POST",route="/run"} 1',
    )
  })
})

describe('executions', () => {
  it('are counted by language, deciding stage and verdict', async () => {
    const metrics = createMetrics(SERVICE)
    metrics.executions(CPP, { type: 'finished', result: RESULT })
    metrics.executions(CPP, { type: 'finished', result: { ...RESULT, run: null, status: 'compile_error' } })
    const cancelled = { ...RESULT, run: null, compile: null, status: 'cancelled' } as const
    metrics.executions({ language: 'python' }, { type: 'finished', result: cancelled })
    const text = await metrics.render()
    expect(text).toContain('codeexec_executions_total{language="cpp",stage="run",verdict="succeeded"} 1')
    expect(text).toContain(
      'codeexec_executions_total{language="cpp",stage="compile",verdict="compile_error"} 1',
    )
    expect(text).toContain('codeexec_executions_total{language="python",stage="none",verdict="cancelled"} 1')
  })

  it('have their stages measured', async () => {
    const metrics = createMetrics(SERVICE)
    metrics.executions(CPP, { type: 'stage-started', stage: 'compile' })
    metrics.executions(CPP, { type: 'output', stage: 'compile', stream: 'stdout', chunk: new Uint8Array(1) })
    metrics.executions(CPP, { type: 'stage-finished', stage: 'compile', result: STAGE })
    const text = await metrics.render()
    const labels = '{language="cpp",stage="compile"}'
    expect(text).toContain(`codeexec_stage_wall_time_seconds_sum${labels} 0.03`)
    expect(text).toContain(`codeexec_stage_cpu_time_seconds_sum${labels} 0.02`)
    expect(text).toContain(`codeexec_stage_memory_bytes_sum${labels} ${3 * 2 ** 20}`)
    expect(text).toContain(
      'codeexec_stage_memory_bytes_bucket{le="4194304",language="cpp",stage="compile"} 1',
    )
  })
})

describe('the queues', () => {
  it('are asked when metrics are read, each for itself', async () => {
    let queued = 1
    const metrics = createMetrics(SERVICE)
    metrics.watchQueues(() => ({
      jobs: { queued, waitingClients: 2, running: 2, capacity: 10, bytes: 300, maxBytes: 4000 },
      sessions: { queued: 0, waitingClients: 0, running: 1, capacity: 20, bytes: 0, maxBytes: 4000 },
    }))
    expect(await metrics.render()).toContain('codeexec_queue_depth{queue="jobs"} 1')
    queued = 5
    const text = await metrics.render()
    expect(text).toContain('codeexec_queue_depth{queue="jobs"} 5')
    expect(text).toContain('codeexec_queue_depth{queue="sessions"} 0')
    expect(text).toContain('codeexec_executions_running 3')
    expect(text).toContain('codeexec_queue_capacity{queue="jobs"} 10')
    expect(text).toContain('codeexec_queue_capacity{queue="sessions"} 20')
    expect(text).toContain('codeexec_queue_bytes{queue="jobs"} 300')
    expect(text).toContain('codeexec_queue_bytes_max{queue="jobs"} 4000')
  })

  it('count what they refuse by its reason', async () => {
    const metrics = createMetrics(SERVICE)
    metrics.queueRefusal('jobs', 'client-bytes')
    expect(await metrics.render()).toContain(
      'codeexec_queue_refusals_total{queue="jobs",reason="client-bytes"} 1',
    )
  })

  it('tell of Redis’ memory once it is known', async () => {
    const metrics = createMetrics(SERVICE)
    let memory: { usedBytes: number; maxBytes: number } | undefined
    metrics.watchRedis(() => memory)
    await metrics.render()
    memory = { usedBytes: 5, maxBytes: 9 }
    const text = await metrics.render()
    expect(text).toContain('codeexec_redis_memory_bytes 5')
    expect(text).toContain('codeexec_redis_memory_max_bytes 9')
  })
})

describe('a client that asks too often', () => {
  it('is counted by route', async () => {
    const metrics = createMetrics(SERVICE)
    metrics.http({ method: 'POST', route: '/run', statusCode: 429, durationMs: 1, errorCode: '' })
    metrics.http({ method: 'POST', route: '/run', statusCode: 200, durationMs: 1, errorCode: '' })
    expect(await metrics.render()).toContain('codeexec_http_rate_limited_total{route="/run"} 1')
  })
})

describe('a stage that was stopped', () => {
  it('is counted by the limit that stopped it', async () => {
    const metrics = createMetrics(SERVICE)
    const result = { ...STAGE, stopReason: 'memory' } as const
    metrics.executions(CPP, { type: 'stage-finished', stage: 'run', result })
    metrics.executions(CPP, { type: 'stage-finished', stage: 'run', result: STAGE })
    expect(await metrics.render()).toContain(
      'codeexec_stage_stops_total{language="cpp",stage="run",reason="memory"} 1',
    )
  })
})

describe('waiting and opening', () => {
  it('are told in seconds', async () => {
    const metrics = createMetrics(SERVICE)
    metrics.queueWait(2500)
    metrics.sandboxOpening({ image: 'cpp', durationMs: 3 })
    const text = await metrics.render()
    expect(text).toContain('codeexec_queue_wait_seconds_sum 2.5')
    expect(text).toContain('codeexec_sandbox_opening_seconds_sum{language="cpp"} 0.003')
  })
})

describe('a process that runs programs', () => {
  it('tells how many it runs of how many it may', async () => {
    const metrics = createMetrics(SERVICE)
    metrics.watchSlots(() => ({
      jobs: { slots: 2, busy: 1, idle: 3 },
      sessions: { slots: 32, busy: 0, idle: 0 },
    }))
    const text = await metrics.render()
    expect(text).toContain('codeexec_worker_slots{kind="jobs"} 2')
    expect(text).toContain('codeexec_worker_slots_busy{kind="jobs"} 1')
    expect(text).toContain('codeexec_worker_slots_busy{kind="sessions"} 0')
    expect(text).toContain('codeexec_worker_executions_idle{kind="jobs"} 3')
  })

  it('tells of its supervisor', async () => {
    const metrics = createMetrics(SERVICE)
    let longestTurnMs: number | undefined = 12
    let figures: SupervisorFigures = {
      pid: process.pid,
      restarts: 0,
      longestTurnMs: () => Promise.resolve(longestTurnMs),
    }
    metrics.watchSupervisor(() => figures)
    const text = await metrics.render()
    expect(text).toContain('codeexec_supervisor_up 1')
    expect(Number(/^codeexec_supervisor_resident_memory_bytes (.+)$/m.exec(text)?.[1])).toBeGreaterThan(1e6)
    expect(Number(/^codeexec_supervisor_cpu_seconds_total (.+)$/m.exec(text)?.[1])).toBeGreaterThan(0)
    expect(text).toContain('codeexec_supervisor_longest_turn_seconds 0.012')
    longestTurnMs = undefined
    figures = { ...figures, pid: undefined, restarts: 2 }
    const later = await metrics.render()
    expect(later).toContain('codeexec_supervisor_up 0')
    expect(later).toContain('codeexec_supervisor_restarts_total 2')
    expect(later).toContain('codeexec_supervisor_longest_turn_seconds 0\n')
  })
})

describe('what the service depends on', () => {
  it('is asked when metrics are read', async () => {
    const metrics = createMetrics(SERVICE)
    let ok = true
    metrics.watchDependencies(() => Promise.resolve([{ name: 'store', ok }]))
    expect(await metrics.render()).toContain('codeexec_dependency_up{dependency="store"} 1')
    ok = false
    expect(await metrics.render()).toContain('codeexec_dependency_up{dependency="store"} 0')
  })

  it('does not spoil the metrics when it cannot be asked', async () => {
    const metrics = createMetrics(SERVICE)
    metrics.watchDependencies(() => Promise.reject(new Error('away')))
    const text = await metrics.render()
    expect(text).toContain('codeexec_dependency_up{dependency="checks"} 0')
    expect(text).toContain('codeexec_build_info{version="1.2.3",role="all"} 1')
  })
})

describe('a registry', () => {
  it('is one of its own, so that two can live in one process', async () => {
    const first = createMetrics(SERVICE)
    const second = createMetrics(SERVICE)
    first.http({ method: 'GET', route: '/health', statusCode: 200, durationMs: 1, errorCode: '' })
    expect(await second.render()).not.toContain('route="/health"')
  })

  it('tells of the process too', async () => {
    const metrics = createMetrics(SERVICE)
    expect(await metrics.render()).toContain('process_resident_memory_bytes')
    expect(metrics.contentType).toContain('text/plain')
  })
})

describe('what is started ahead', () => {
  it('is counted by language, kind and whether it was there', async () => {
    const figures = [
      { language: 'java', kind: 'runtime', ready: 2, hits: 5, misses: 1 },
      { language: 'python', kind: 'fork', hits: 3, misses: 0 },
    ]
    const metrics = createMetrics(SERVICE)
    metrics.watchWarm(() => ({ figures, memoryBytes: 1024 }))
    await metrics.render()
    const text = await metrics.render()
    expect(text).toContain('codeexec_warm_ready{language="java",kind="runtime"} 2')
    expect(text).toContain('codeexec_warm_requests_total{language="java",kind="runtime",result="hit"} 5')
    expect(text).toContain('codeexec_warm_requests_total{language="java",kind="runtime",result="miss"} 1')
    expect(text).toContain('codeexec_warm_requests_total{language="python",kind="fork",result="hit"} 3')
    expect(text).not.toContain('codeexec_warm_ready{language="python"')
    expect(text).toContain('codeexec_warm_memory_bytes 1024')
  })
})

describe('the compile cache', () => {
  it('is counted by language', async () => {
    const metrics = createMetrics(SERVICE)
    let hits = 3
    metrics.watchCompileCache(() => [
      { language: 'cpp', hits, misses: 2, stores: 2, evictions: 1, unfit: 4, entries: 1, bytes: 4096 },
    ])
    await metrics.render()
    hits = 5
    const text = await metrics.render()
    expect(text).toContain('codeexec_compile_cache_requests_total{language="cpp",result="hit"} 5')
    expect(text).toContain('codeexec_compile_cache_requests_total{language="cpp",result="miss"} 2')
    expect(text).toContain('codeexec_compile_cache_changes_total{language="cpp",change="stored"} 2')
    expect(text).toContain('codeexec_compile_cache_changes_total{language="cpp",change="evicted"} 1')
    expect(text).toContain('codeexec_compile_cache_changes_total{language="cpp",change="unfit"} 4')
    expect(text).toContain('codeexec_compile_cache_entries{language="cpp"} 1')
    expect(text).toContain('codeexec_compile_cache_bytes{language="cpp"} 4096')
  })

  it('adds nothing to the figures of compile stages', async () => {
    const metrics = createMetrics(SERVICE)
    const stage = {
      stdout: '',
      stderr: '',
      output: '',
      exitCode: 0,
      signal: null,
      stopReason: null,
      truncated: { stdout: false, stderr: false },
      usage: { wallTimeMs: 0, cpuTimeMs: 0, memoryBytes: 0 },
    }
    const finished = { type: 'stage-finished', stage: 'compile' } as const
    metrics.executions({ language: 'cpp' }, { ...finished, result: stage })
    metrics.executions({ language: 'cpp' }, { ...finished, result: { ...stage, cached: true } })
    const counted = 'codeexec_stage_wall_time_seconds_count{language="cpp",stage="compile"} 1'
    expect(await metrics.render()).toContain(counted)
  })
})
