import { describe, expect, it } from 'vitest'
import { SessionQuota } from './session-quota.js'

describe('the quota of sessions', () => {
  it('refuses a client that has as many as it may have, until one of them ends', () => {
    const quota = new SessionQuota(2)
    expect([quota.enter('a'), quota.enter('a')]).toEqual([undefined, undefined])
    expect(quota.enter('a')).toMatchObject({ code: 'SESSION_QUOTA', status: 429 })
    expect(quota.enter('b')).toBeUndefined()
    quota.leave('a')
    expect(quota.enter('a')).toBeUndefined()
    expect(quota.enter('a')).toMatchObject({ code: 'SESSION_QUOTA' })
  })
})
