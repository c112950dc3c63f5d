import { Gauge } from 'prom-client'
import type { Registry } from 'prom-client'

const STATES = ['ready', 'installing', 'failed', 'absent'] as const

export interface LanguageState {
  readonly language: string
  readonly state: (typeof STATES)[number]
}

/** One series for each language and state: 1 for the state it is in. */
export function languageMetrics(registry: Registry, states: () => readonly LanguageState[]): void {
  const gauge: Gauge<'language' | 'state'> = new Gauge({
    name: 'codeexec_language_state',
    help: 'State of each language: 1 for the one it is in. `failed` is an image in which no program runs.',
    labelNames: ['language', 'state'] as const,
    registers: [registry],
    collect() {
      for (const { language, state } of states())
        for (const one of STATES) gauge.set({ language, state: one }, one === state ? 1 : 0)
    },
  })
}
