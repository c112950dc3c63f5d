import { expect, it } from 'vitest'
import { loadConfig } from '../config/load-config.js'
import { showConfig } from './show-config.js'

const load = (env: Record<string, string>) => loadConfig({ env, directory: '/nonexistent' })

it('shows every effective setting', () => {
  const shown = JSON.parse(showConfig(load({ PORT: '8080' }))) as {
    port: number
    limits: { defaults: object }
  }
  expect(shown.port).toBe(8080)
  expect(shown.limits.defaults).toHaveProperty('run.wallTimeMs', 5000)
})

it('shows no password', () => {
  const shown = showConfig(load({ REDIS_URL: 'redis://user:secret@queue.example:6379/0' }))
  expect(shown).not.toContain('secret')
  expect(shown).not.toContain('user')
  expect(shown).toContain('queue.example:6379')
})
