/** Which of several processes that share a database file may take up what an earlier one left unfinished. */
import path from 'node:path'
import Database from 'libsql'
import { makePrivateFile, makePrivateFolder } from './private-files.js'

export interface DatabaseClaim {
  release(): void
}

/**
 * Claims the folder of a database until it is released or this process has died; undefined while another process has
 * it. The claim is SQLite's own lock on a file beside the database, which the kernel takes back from the dead.
 */
export function claimDatabase(folder: string): DatabaseClaim | undefined {
  makePrivateFolder(folder)
  const file = path.join(folder, 'claim.db')
  makePrivateFile(file)
  const database = new Database(file)
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
