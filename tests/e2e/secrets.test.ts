/** Secrets among the settings: no command shows them, refused or not, and files may hold them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reasonToSkip } from '../hostile/harness/service.js'
import { codeexec } from './support/cli.js'

const PASSWORD = 's3cretpw'
const WEBHOOK_SECRET = `whsec_${Buffer.alloc(32, PASSWORD).toString('base64')}`
const REPLICA_SET = `mongodb://u:${PASSWORD}@m1:27017,m2:27017,m3:27017/codeexec?replicaSet=rs0`

describe.skipIf(reasonToSkip() !== undefined)('secrets', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync('/tmp/secrets-')
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const fileOf = (name: string, text: string): string => {
    const file = path.join(folder, name)
    writeFileSync(file, text)
    return file
  }

  it('are not among the settings that are shown', async () => {
    const { code, output } = await codeexec(['config'], {
      CODEEXEC_WEBHOOK_SECRET: WEBHOOK_SECRET,
      REDIS_URL: `redis://redis:6379/0?password=${PASSWORD}`,
      MONGODB_URL: REPLICA_SET,
      DOCKER_HOST: `tcp://u:${PASSWORD}@engine:2375`,
    })
    expect(code).toBe(0)
    expect(output).not.toContain(PASSWORD)
    expect(output).not.toContain(WEBHOOK_SECRET)
    expect(JSON.parse(output)).toMatchObject({
      webhooks: { secret: '***' },
      redisUrl: 'redis://redis:6379/0?***',
      mongodbUrl: 'mongodb://***@m1:27017,m2:27017,m3:27017/codeexec?***',
      docker: { host: 'tcp://***@engine:2375' },
    })
  })

  it.each([
    ['MONGODB_URL', `mongo://u:${PASSWORD}@m1:27017`],
    ['MONGODB_URL', `mongodb://u:${PASSWORD}@`],
    ['REDIS_URL', `rediss:/u:${PASSWORD}@redis`],
    ['CODEEXEC_WEBHOOK_SECRET', PASSWORD],
    ['DOCKER_HOST', `ssh://u:${PASSWORD}@engine`],
  ])('are not repeated when a setting is refused: %s=%s', async (name, value) => {
    for (const command of ['config', 'serve']) {
      const { code, output } = await codeexec([command], { [name]: value })
      expect({ command, code }).toEqual({ command, code: 2 })
      expect(output).toContain(`${name} must`)
      expect(output).not.toContain(PASSWORD)
    }
  })

  it('are told in one sentence where the driver refuses the rest of an address', async () => {
    const { code, output } = await codeexec(['serve'], {
      MONGODB_URL: `mongodb://u:${PASSWORD}@m1:27017/codeexec?nothingOfTheKind=1`,
      PORT: '0',
    })
    expect({
      code,
      lines: output
        .trim()
        .split('\n')
        .filter((line) => !line.startsWith('{')),
    }).toEqual({
      code: 2,
      lines: [expect.stringMatching(/^MONGODB_URL cannot be used: .*nothingofthekind/i)],
    })
    expect(output).not.toContain(PASSWORD)
  })

  it('may come from files', async () => {
    const { code, output } = await codeexec(['config'], {
      CODEEXEC_WEBHOOK_SECRET_FILE: fileOf('webhook', `${WEBHOOK_SECRET}\n`),
      REDIS_URL_FILE: fileOf('redis', `redis://:${PASSWORD}@redis:6379\n`),
      MONGODB_URL_FILE: fileOf('mongodb', REPLICA_SET),
    })
    expect({ code, shown: JSON.parse(output) as object }).toMatchObject({
      code: 0,
      shown: { redisUrl: 'redis://***@redis:6379', webhooks: { secret: '***' } },
    })
  })

  it.each([
    [
      'that is not there',
      { REDIS_URL_FILE: '/nowhere' },
      'REDIS_URL_FILE names /nowhere, which cannot be read (ENOENT)',
    ],
    ['beside the secret itself', { REDIS_URL_FILE: '/nowhere', REDIS_URL: 'redis://r' }, 'are both set'],
    ['for what is no secret', { CODEEXEC_SLOTS_FILE: '/nowhere' }, 'is not a setting of this service'],
  ])('are refused from a file %s', async (_, environment, words) => {
    const { code, output } = await codeexec(['config'], environment)
    expect(code).toBe(2)
    expect(output).toContain(words)
  })
})

describe('a command that is not there', () => {
  it('is said to be so, whatever follows it', async () => {
    const { code, output } = await codeexec(['run', 'x.py'])
    expect({ code, output }).toEqual({
      code: 2,
      output: 'There is no command run; codeexec --help lists those there are.\n',
    })
  })
})
