import { Counter, Gauge } from 'prom-client'
import type { Registry } from 'prom-client'

/** How much of one thing is held for clients, of how much, and how often more was refused. */
export interface BoundFigures {
  readonly used: number
  readonly max: number
  readonly refused: { readonly client: number; readonly service: number }
}

export interface BoundsFigures {
  readonly bounds: Readonly<Record<string, BoundFigures>>
  /** Connections closed because their client took nothing of what was sent. */
  readonly stalled: number
}

/** What is held for clients: bytes of bodies, unread answers, followers, connections, interactive connections. */
export function boundsMetrics(registry: Registry, figures: () => BoundsFigures): void {
  const registers = [registry]
  const each = (set: (bound: string, figures: BoundFigures) => void): void => {
    for (const [bound, found] of Object.entries(figures().bounds)) set(bound, found)
  }
  const held: Gauge<'bound'> = new Gauge({
    name: 'codeexec_held',
    help: 'What is held for clients: bytes of bodies, characters of unread answers, followers, connections, sockets.',
    labelNames: ['bound'],
    registers,
    collect: () => each((bound, { used }) => held.set({ bound }, used)),
  })
  const limit: Gauge<'bound'> = new Gauge({
    name: 'codeexec_held_limit',
    help: 'The most that may be held.',
    labelNames: ['bound'],
    registers,
    collect: () => each((bound, { max }) => limit.set({ bound }, max)),
  })
  const refusals: Counter<'bound' | 'whose'> = new Counter({
    name: 'codeexec_held_refusals_total',
    help: 'What was refused because a client held its share, or all clients together the whole.',
    labelNames: ['bound', 'whose'],
    registers,
    collect() {
      refusals.reset()
      each((bound, { refused }) => {
        refusals.inc({ bound, whose: 'client' }, refused.client)
        refusals.inc({ bound, whose: 'service' }, refused.service)
      })
    },
  })
  const stalled: Counter = new Counter({
    name: 'codeexec_stalled_connections_total',
    help: 'Connections closed because their client took nothing for 30 seconds.',
    registers,
    collect() {
      stalled.reset()
      stalled.inc(figures().stalled)
    },
  })
}
