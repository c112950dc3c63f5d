/** What this process is, what it depends on and how its machine stands. */
import { Gauge } from 'prom-client'
import type { Registry } from 'prom-client'
import { thisMachine } from '../../machine/machine.js'
import type { Machine } from '../../machine/machine.js'

export interface ServiceFigures {
  readonly version: string
  readonly role: string
}

/** One thing the service needs, and whether it has it. */
export interface DependencyState {
  readonly name: string
  readonly ok: boolean
}

export function serviceMetrics(registry: Registry, { version, role }: ServiceFigures): void {
  const build = new Gauge({
    name: 'codeexec_build_info',
    help: 'Always 1; the labels tell what runs.',
    labelNames: ['version', 'role'] as const,
    registers: [registry],
  })
  build.set({ version, role }, 1)
}

/** A check that hangs must not hang the metrics. */
const CHECK_DEADLINE_MS = 2000

/** Asked when metrics are read. */
export function dependencyMetrics(
  registry: Registry,
  states: () => Promise<readonly DependencyState[]>,
): void {
  const up: Gauge<'dependency'> = new Gauge({
    name: 'codeexec_dependency_up',
    help: 'Whether what the service needs is there: store, queue, sandbox and so on, as in the readiness check.',
    labelNames: ['dependency'] as const,
    registers: [registry],
    async collect() {
      for (const { name, ok } of await inTime(states)) up.set({ dependency: name }, ok ? 1 : 0)
    },
  })
}

async function inTime(
  states: () => Promise<readonly DependencyState[]>,
): Promise<readonly DependencyState[]> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('the checks take too long')), CHECK_DEADLINE_MS)
  })
  try {
    return [...(await Promise.race([states(), late])), { name: 'checks', ok: true }]
  } catch {
    return [{ name: 'checks', ok: false }]
  } finally {
    clearTimeout(timer)
  }
}

/** Jobs run from the queue; sessions are programs that clients talk to, which wait most of the time. */
export type SlotKind = 'jobs' | 'sessions'

/** What a process that runs programs offers, and what it runs. */
export interface SlotFigures {
  readonly slots: number
  /** Executions that hold a slot; more than there are while clients below their share run beside those above it. */
  readonly busy: number
  /** Executions that use no CPU and have given theirs back. */
  readonly idle: number
}

/** Asked when metrics are read. */
export function slotMetrics(
  registry: Registry,
  figures: () => Readonly<Record<SlotKind, SlotFigures>>,
): void {
  const labelNames = ['kind'] as const
  const gauges = [
    ['slots', 'codeexec_worker_slots', 'Executions that this process may run at once.'],
    ['busy', 'codeexec_worker_slots_busy', 'Executions of this process that hold a slot.'],
    [
      'idle',
      'codeexec_worker_executions_idle',
      'Executions of this process that use no CPU and have given their slot back.',
    ],
  ] as const
  for (const [figure, name, help] of gauges) {
    const gauge: Gauge<'kind'> = new Gauge({
      name,
      help,
      labelNames,
      registers: [registry],
      collect() {
        const { jobs, sessions } = figures()
        gauge.set({ kind: 'jobs' }, jobs[figure])
        gauge.set({ kind: 'sessions' }, sessions[figure])
      },
    })
  }
}

/** What the service may use of its machine, so that what is used can be shown as a part of it. */
export function machineMetrics(registry: Registry, machine: Machine = thisMachine()): void {
  const cpus: Gauge = new Gauge({
    name: 'codeexec_machine_cpus',
    help: 'CPUs that the service and its programs may use; less than the machine has where its control group has a quota.',
    registers: [registry],
    collect: () => cpus.set(machine.cpus()),
  })
  const memory: Gauge = new Gauge({
    name: 'codeexec_machine_memory_bytes',
    help: 'Memory that the service and its programs may use: the limit of its control group, or all of the machine.',
    registers: [registry],
    collect: () => memory.set(machine.memoryBytes()),
  })
  const available: Gauge = new Gauge({
    name: 'codeexec_machine_memory_available_bytes',
    help: 'Memory of that which could be used without swapping.',
    registers: [registry],
    collect: () => available.set(machine.availableBytes()),
  })
}
