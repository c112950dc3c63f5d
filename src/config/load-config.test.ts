import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { thisMachine } from '../machine/machine.js'
import { ConfigError, loadConfig } from './load-config.js'
import type { Environment } from './load-config.js'
import { listVariables } from './variables.js'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'config-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

const load = (env: Environment = {}) => loadConfig({ env, directory })

function problemsOf(env: Environment): readonly string[] {
  try {
    load(env)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}

describe('defaults', () => {
  it('listen on loopback only and fit the wire contract', () => {
    const config = load()
    expect(config.host).toBe('127.0.0.1')
    expect(config.port).toBe(3000)
    expect(config.slots).toBe(Math.min(Math.ceil(thisMachine().cpus()), 92))
    expect(config.http.bodyLimitBytes).toBe(10 * 1024 * 1024)
    expect(config.http.rateLimit).toEqual({ requests: 100, windowMs: 15 * 60 * 1000 })
    expect(config.http.trustedProxies).toEqual([])
    expect(config.limits.defaults.run).toEqual({
      wallTimeMs: 5000,
      cpuTimeMs: 5000,
      memoryBytes: 256 * 1024 * 1024,
      maxProcesses: 64,
      outputBytes: 1024 * 1024,
      fileSizeBytes: 64 * 1024 * 1024,
    })
    expect(config.limits.defaults.compile.wallTimeMs).toBe(15_000)
    expect(config.limits.compact).toEqual({
      wallTimeMs: 2000,
      memoryBytes: 256 * 1024 * 1024,
      maxProcesses: 64,
      cpus: 1,
    })
    expect(config.redisUrl).toBeUndefined()
  })

  it('leave every default limit at or below its maximum', () => {
    expect(problemsOf({})).toEqual([])
  })

  it('are frozen all the way down', () => {
    const config = load()
    expect(Object.isFrozen(config)).toBe(true)
    expect(Object.isFrozen(config.limits.maximum.compile)).toBe(true)
    expect(Object.isFrozen(config.http.trustedProxies)).toBe(true)
  })
})

describe('reading', () => {
  it('takes values from the environment in the units people write', () => {
    const config = load({
      PORT: '8080',
      CODEEXEC_RUN_WALL_TIME: '1.5s',
      CODEEXEC_RUN_MEMORY: '128MiB',
      CODEEXEC_RATE_LIMIT: '10/1m',
      CODEEXEC_LANGUAGES: 'python, go',
      CODEEXEC_WARM: 'off',
      CODEEXEC_TRUSTED_PROXY: '10.0.0.0/8, ::1, loopback',
    })
    expect(config.port).toBe(8080)
    expect(config.limits.defaults.run.wallTimeMs).toBe(1500)
    expect(config.limits.defaults.run.memoryBytes).toBe(128 * 1024 * 1024)
    expect(config.http.rateLimit).toEqual({ requests: 10, windowMs: 60_000 })
    expect(config.languages).toEqual(['python', 'go'])
    expect(config.warm).toBe(false)
    expect(config.http.trustedProxies).toEqual(['10.0.0.0/8', '::1', 'loopback'])
  })

  it('switches the rate limit off by name', () => {
    expect(load({ CODEEXEC_RATE_LIMIT: 'off' }).http.rateLimit).toBeNull()
  })

  it('switches the compile cache off by name, and not by a size of nothing', () => {
    expect(load().compileCacheBytes).toBe(32 * 1024 * 1024)
    expect(load({ CODEEXEC_COMPILE_CACHE: '1GiB' }).compileCacheBytes).toBe(1024 ** 3)
    expect(load({ CODEEXEC_COMPILE_CACHE: 'off' }).compileCacheBytes).toBeNull()
    expect(problemsOf({ CODEEXEC_COMPILE_CACHE: '0' })).toHaveLength(1)
  })

  it('reads .env, over which the process environment wins', () => {
    writeFileSync(path.join(directory, '.env'), 'PORT=4000\nHOST=0.0.0.0 # every interface\nOTHER=1\n')
    expect(load()).toMatchObject({ port: 4000, host: '0.0.0.0' })
    expect(load({ PORT: '5000' })).toMatchObject({ port: 5000, host: '0.0.0.0' })
  })

  it('takes an empty variable for an unset one', () => {
    expect(load({ PORT: '', REDIS_URL: '' })).toMatchObject({ port: 3000, redisUrl: undefined })
  })

  it('resolves the data folder against the folder it was started in', () => {
    expect(load({ CODEEXEC_DATA_DIR: 'state' }).dataDirectory).toBe(path.join(directory, 'state'))
  })
})

describe('refusing', () => {
  it('names the nearest known name for an unknown one of ours, and ignores those of others', () => {
    expect(problemsOf({ CODEEXEC_SLOT: '4', EDITOR: 'vi' })).toEqual([
      'CODEEXEC_SLOT is not a setting of this service; the nearest name is CODEEXEC_SLOTS',
    ])
  })

  it('finds unknown names in .env too', () => {
    writeFileSync(path.join(directory, '.env'), 'CODEEXEC_RATELIMIT=off\n')
    expect(problemsOf({})[0]).toContain('the nearest name is CODEEXEC_RATE_LIMIT')
  })

  it('reports every problem at once', () => {
    const problems = problemsOf({
      CODEEXEC_SLOTS: '0',
      PORT: 'http',
      CODEEXEC_SANDBOX: 'vm',
      CODEEXEC_X: '1',
    })
    expect(problems).toHaveLength(4)
  })

  it.each([
    ['PORT', '65536', 'must be a whole number between 0 and 65535'],
    ['CODEEXEC_SLOTS', '2.5', 'must be a whole number between 1 and 123'],
    ['CODEEXEC_CPUS', '0', 'must be a number above 0'],
    ['CODEEXEC_MEMORY_RESERVE', '-1', 'must be a size such as 128MiB, or 0'],
    ['CODEEXEC_RUN_WALL_TIME', '5', 'must be a duration with its unit'],
    ['CODEEXEC_RUN_WALL_TIME', '0s', 'must be a duration with its unit'],
    ['CODEEXEC_RUN_MEMORY', '64 Mio', 'must be a size such as 64MiB'],
    ['CODEEXEC_RATE_LIMIT', '100', 'must be requests per duration, such as 100/15m, or off'],
    ['CODEEXEC_RATE_LIMIT', '100/15m/2', 'must be requests per duration'],
    ['CODEEXEC_TRUSTED_PROXY', '10.0.0.0/33', 'which is neither an address nor a network'],
    ['CODEEXEC_TRUSTED_PROXY', 'true', 'which is neither an address nor a network'],
    ['CODEEXEC_TRUSTED_PROXY', '*', 'which is neither an address nor a network'],
    ['CODEEXEC_LANGUAGES', 'python,Go!', 'names "Go!", which is not a language id'],
    ['CODEEXEC_WARM', 'yes', 'must be on or off'],
    ['CODEEXEC_ROLE', 'both', 'must be one of all, api, worker'],
  ])('%s=%s', (name, value, reason) => {
    expect(problemsOf({ [name]: value })).toEqual([expect.stringMatching(new RegExp(`^${name} .*`))])
    expect(problemsOf({ [name]: value })[0]).toContain(reason)
    expect(problemsOf({ [name]: value })[0]).toContain(JSON.stringify(value))
  })

  it.each([
    ['REDIS_URL', 'http://localhost', 'must be a URL that begins with redis:// or rediss://'],
    ['MONGODB_URL', 'mongodb:///codeexec', 'name its hosts'],
    ['MONGODB_URL', 'mongodb://m1:27017,,m3:27017', 'name its hosts'],
    ['CODEEXEC_WEBHOOK_SECRET', 'whsec_short', 'must be whsec_ followed by'],
  ])('%s, without showing it', (name, value, reason) => {
    expect(problemsOf({ [name]: value })).toEqual([expect.stringContaining(`${name} must`)])
    expect(problemsOf({ [name]: value })[0]).toContain(reason)
    expect(problemsOf({ [name]: value })[0]).not.toContain(value)
  })

  it('refuses a default limit above its maximum, naming both variables', () => {
    expect(problemsOf({ CODEEXEC_RUN_MEMORY: '4GiB' })).toEqual([
      'CODEEXEC_RUN_MEMORY is above CODEEXEC_MAX_RUN_MEMORY; lower the one or raise the other',
    ])
  })

  it('refuses more slots of both kinds together than one process can have', () => {
    expect(problemsOf({ CODEEXEC_SLOTS: '92', CODEEXEC_INTERACTIVE_SLOTS: '32' })).toEqual([])
    expect(problemsOf({ CODEEXEC_SLOTS: '93', CODEEXEC_INTERACTIVE_SLOTS: '32' })).toEqual([
      'CODEEXEC_SLOTS (93) and CODEEXEC_INTERACTIVE_SLOTS (32) together are above 124, the most one process can run; lower one of them, or start more workers',
    ])
  })

  it('refuses a split role without what it shares with the others', () => {
    expect(problemsOf({ CODEEXEC_ROLE: 'worker' })).toEqual(['CODEEXEC_ROLE=worker needs REDIS_URL'])
    expect(problemsOf({ CODEEXEC_AUTH: 'required' })).toEqual([
      'CODEEXEC_AUTH=required needs CODEEXEC_API_KEYS_FILE or CODEEXEC_JWKS_URL',
    ])
    expect(problemsOf({ CODEEXEC_API_KEYS_FILE: '/keys' })).toEqual([
      'API keys and tokens are checked only with CODEEXEC_AUTH=optional or required',
    ])
    expect(problemsOf({ CODEEXEC_AUTH: 'optional', CODEEXEC_JWKS_URL: 'https://id.example/keys' })).toEqual([
      'CODEEXEC_JWKS_URL needs CODEEXEC_JWT_ISSUER and CODEEXEC_JWT_AUDIENCE',
    ])
  })
})

describe('the table', () => {
  it('has each name once and a description for each', () => {
    const variables = listVariables()
    expect(new Set(variables.map((variable) => variable.name)).size).toBe(variables.length)
    const undescribed = variables.filter(({ description, schema }) => !description || !schema.description)
    expect(undescribed.map((variable) => variable.name)).toEqual([])
  })
})

describe('addresses of MongoDB', () => {
  it.each([
    'mongodb://localhost',
    'mongodb://localhost:27017/codeexec',
    'mongodb://u:p@m1:27017,m2:27017,m3:27017/codeexec?replicaSet=rs0&tls=true',
    'mongodb://u:p%40ss@m1,m2/?authSource=admin',
    'mongodb+srv://u:p@cluster0.example.com/codeexec',
    'mongodb://[::1]:27017',
    'mongodb://%2Ftmp%2Fmongodb-27017.sock/codeexec',
  ])('%s', (address) => {
    expect(load({ MONGODB_URL: address }).mongodbUrl).toBe(address)
  })
})
