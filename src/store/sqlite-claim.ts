/** Which of several processes that share a database file may take up what an earlier one left unfinished. */
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import Database from 'libsql'

export interface DatabaseClaim {
  release(): void
}

/**
 * Claims the folder of a database until it is released or this process has died; undefined while another process has
 * it. The claim is SQLite's own lock on a file beside the database, which the kernel takes back from the dead.
 */
export function claimDatabase(folder: string): DatabaseClaim | undefined {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const database = new Database(path.join(folder, 'claim.db'))
  try {
    database.exec('BEGIN EXCLUSIVE')
  } catch {
    database.close()
    return undefined
  }
  return {
    release: () => {
      database.close()
    },
  }
}
