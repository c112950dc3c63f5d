import { describe, expect, it } from 'vitest'
import { OWNER_LABEL } from './container-options.js'
import { isLeft } from './sweep.js'

const NOW = 10_000
const owner = {
  label: 'me',
  isWorkingWith: (id: string) => id === 'used',
  isMaking: (name: string) => name === 'codeexec-pool-new',
}

function left(
  of: string,
  more: { Id?: string; name?: string; State?: string; ageSeconds?: number },
): boolean {
  const { Id = 'x', name = 'codeexec-pool-x', State = 'running', ageSeconds = 0 } = more
  const container = {
    Id,
    Names: [`/${name}`],
    State,
    Created: NOW - ageSeconds,
    Labels: { [OWNER_LABEL]: of },
  }
  return isLeft(container, owner, NOW)
}

describe('containers that nobody works with', () => {
  it('are, of our own, all that we do not know of, whatever their state', () => {
    for (const State of ['created', 'running', 'exited', 'dead']) expect(left('me', { State })).toBe(true)
    expect(left('me', { Id: 'used' })).toBe(false)
    expect(left('me', { name: 'codeexec-pool-new', State: 'created' })).toBe(false)
  })

  it('are, of others, those that have ended, never one that runs', () => {
    expect(left('other', { State: 'running', ageSeconds: 9000 })).toBe(false)
    for (const State of ['exited', 'dead']) expect(left('other', { State })).toBe(true)
    expect(left('other', { Id: 'used', State: 'exited' })).toBe(true)
  })

  it('are, of others, those that were made and never started, after a while', () => {
    expect(left('other', { State: 'created', ageSeconds: 5 })).toBe(false)
    expect(left('other', { State: 'created', ageSeconds: 120 })).toBe(true)
  })
})
