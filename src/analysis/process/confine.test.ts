import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildForNode } from '../../../tests/analysis/build-analysis-process.js'
import type { BuiltProcess } from '../../../tests/analysis/build-analysis-process.js'
import { CONFINEMENT_MODULE } from '../../confinement/confinement.js'

let built: BuiltProcess

beforeAll(async () => {
  built = await buildForNode('tests/analysis/confined-probe.ts', 'confined-probe')
}, 120_000)
afterAll(() => built.remove())

it('leaves an analysis process what it has open and nothing else', async () => {
  const server = createServer((connection) => connection.end()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const probe = fork(built.entry, [CONFINEMENT_MODULE, String(port)], { execArgv: [], env: {} })
  const [outcomes] = (await once(probe, 'message')) as [unknown]
  server.close()
  expect(outcomes).toEqual({
    'go on reading what was open': 'done',
    'read a file': 'EACCES',
    'read itself': 'EACCES',
    'list a folder': 'EACCES',
    'write a file': 'EACCES',
    'make a folder': 'EACCES',
    'connect to loopback': 'EACCES',
    'connect to a socket file': 'EACCES',
    listen: 'EACCES',
    'start a program': 'EACCES',
    'signal its parent': 'EACCES',
    'read a file in a thread': 'EACCES',
  })
})
