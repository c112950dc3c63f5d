import { readFileSync } from 'node:fs'
import { Counter, Gauge, Histogram } from 'prom-client'
import type { Registry } from 'prom-client'

/** A sandbox is there in a fraction of a millisecond when all goes well. */
const OPENING_BUCKETS_SECONDS = [
  0.00025, 0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
]

/** The kernel counts a process's CPU time in these; it is 100 on every Linux there is. */
const TICKS_PER_SECOND = 100
const PAGE_BYTES = 4096

/** The native process that makes the sandboxes, as its owner knows it. */
export interface SupervisorFigures {
  /** Undefined while none runs. */
  readonly pid: number | undefined
  readonly restarts: number
  /** The longest time for which it served one thing and nothing else, in the last minute or two. */
  longestTurnMs(): Promise<number | undefined>
}

/** Told how long each sandbox took, from asking for it until the first program ran in it. */
export type OpeningObserver = (opening: { readonly image: string; readonly durationMs: number }) => void

export function openingMetrics(registry: Registry): OpeningObserver {
  const opening = new Histogram({
    name: 'codeexec_sandbox_opening_seconds',
    help: 'Time from asking for a sandbox until its first program ran.',
    labelNames: ['language'] as const,
    buckets: OPENING_BUCKETS_SECONDS,
    registers: [registry],
  })
  return ({ image, durationMs }) => opening.observe({ language: image }, durationMs / 1000)
}

/** Whether the supervisor runs, how often it had to be started again, and what it uses itself. */
export function supervisorMetrics(registry: Registry, figures: () => SupervisorFigures): void {
  const up: Gauge = new Gauge({
    name: 'codeexec_supervisor_up',
    help: 'Whether the process that makes the sandboxes runs.',
    registers: [registry],
    collect: () => up.set(figures().pid === undefined ? 0 : 1),
  })
  const restarts: Counter = new Counter({
    name: 'codeexec_supervisor_restarts_total',
    help: 'Times that process had to be started again after it had ended.',
    registers: [registry],
    collect() {
      restarts.reset()
      restarts.inc(figures().restarts)
    },
  })
  const cpu: Counter = new Counter({
    name: 'codeexec_supervisor_cpu_seconds_total',
    help: 'CPU time of the process that makes the sandboxes, programs not included.',
    registers: [registry],
    collect() {
      cpu.reset()
      cpu.inc(usageOf(figures().pid).cpuSeconds)
    },
  })
  const turn: Gauge = new Gauge({
    name: 'codeexec_supervisor_longest_turn_seconds',
    help: 'Longest time in the last minute or two in which that process served one thing and no other.',
    registers: [registry],
    async collect() {
      turn.set(((await figures().longestTurnMs()) ?? 0) / 1000)
    },
  })
  const memory: Gauge = new Gauge({
    name: 'codeexec_supervisor_resident_memory_bytes',
    help: 'Resident memory of the process that makes the sandboxes, programs not included.',
    registers: [registry],
    collect: () => memory.set(usageOf(figures().pid).residentBytes),
  })
}

/** Containers that the engine refuses to remove; the driver goes on trying. */
export function stuckContainerMetrics(registry: Registry, stuck: () => number): void {
  const gauge: Gauge = new Gauge({
    name: 'codeexec_containers_stuck',
    help: 'Containers that the Docker Engine would not remove at the first attempt and still has.',
    registers: [registry],
    collect: () => gauge.set(stuck()),
  })
}

/** The fields of /proc/<pid>/stat after the name, which may itself contain spaces and brackets. */
function usageOf(pid: number | undefined): { readonly cpuSeconds: number; readonly residentBytes: number } {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const ticks = Number(fields[11]) + Number(fields[12])
    return { cpuSeconds: ticks / TICKS_PER_SECOND, residentBytes: Number(fields[21]) * PAGE_BYTES }
  } catch {
    return { cpuSeconds: 0, residentBytes: 0 }
  }
}
