import { EventEmitter } from 'node:events'
import { describe, expect, it } from 'vitest'
import { onShutdownSignals } from './shutdown.js'

function setUp() {
  const source = new EventEmitter()
  const actions: string[] = []
  let nowMs = 5000
  onShutdownSignals(
    source,
    {
      drain: (signal) => actions.push(`drain ${signal}`),
      force: (signal) => actions.push(`force ${signal}`),
    },
    () => nowMs,
  )
  return {
    actions,
    signal: (name: 'SIGTERM' | 'SIGINT') => source.emit(name, name),
    wait: (milliseconds: number) => (nowMs += milliseconds),
  }
}

describe('signals', () => {
  it('drain at the first one', () => {
    const { actions, signal } = setUp()
    signal('SIGTERM')
    expect(actions).toEqual(['drain SIGTERM'])
  })

  it('count one Ctrl-C that arrives twice as one', () => {
    const { actions, signal, wait } = setUp()
    signal('SIGINT')
    wait(3)
    signal('SIGINT')
    expect(actions).toEqual(['drain SIGINT'])
  })

  it('force the end when another one comes later, of either kind', () => {
    const { actions, signal, wait } = setUp()
    signal('SIGINT')
    wait(1500)
    signal('SIGTERM')
    expect(actions).toEqual(['drain SIGINT', 'force SIGTERM'])
  })
})
