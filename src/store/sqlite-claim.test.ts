import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { claimDatabase } from './sqlite-claim.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'claim-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Another process that takes SQLite's lock as a claim does, says so, and waits. */
const HOLDER = `
  const Database = require('libsql')
  const database = new Database(process.argv[1])
  database.exec('BEGIN EXCLUSIVE')
  console.log('held')
  setInterval(() => {}, 1000)
`

describe('a claim on a database', () => {
  it('is given once, and again after its release', () => {
    const first = claimDatabase(folder)
    expect(first).toBeDefined()
    first?.release()
    const second = claimDatabase(folder)
    expect(second).toBeDefined()
    second?.release()
  })

  it('is refused while another process has it, and given when that one has died', async () => {
    const child = spawn(process.execPath, ['-e', HOLDER, path.join(folder, 'claim.db')])
    await once(child.stdout, 'data')
    expect(claimDatabase(folder)).toBeUndefined()
    child.kill('SIGKILL')
    await once(child, 'exit')
    const claim = claimDatabase(folder)
    expect(claim).toBeDefined()
    claim?.release()
  })
})
