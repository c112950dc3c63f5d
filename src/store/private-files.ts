/** Database files hold what clients sent, and secrets: they are for the service's user alone, whatever the umask. */
import { chmodSync, closeSync, mkdirSync, openSync, readdirSync, statSync } from 'node:fs'

const OWN_FILE = /^(?:codeexec|claim)\.db(?:-\w+)?$/
const STICKY = 0o1000
/** The root folder of a file system of its own has one. */
const OF_FILE_SYSTEM = 'lost+found'

/** Whether a file in the database's folder is the database's, or belongs to no one. */
export function isDatabaseFile(name: string): boolean {
  return OWN_FILE.test(name) || name === OF_FILE_SYSTEM
}

/**
 * Makes the folder with mode 0700. One that exists gets that mode too, unless it is shared with others: a folder for
 * temporary files, of another user, or with files in it that are not the database's.
 */
export function makePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const { mode, uid } = statSync(folder)
  const isOwn = uid === process.getuid?.() && (mode & STICKY) === 0
  const names = readdirSync(folder)
  if (isOwn && names.every(isDatabaseFile)) chmodSync(folder, 0o700)
}

/** Makes the file, or takes it from others, before SQLite opens it: its log and index then get the same mode. */
export function makePrivateFile(file: string): void {
  attempt(() => closeSync(openSync(file, 'a', 0o600)))
  for (const path of [file, `${file}-wal`, `${file}-shm`, `${file}-journal`]) {
    attempt(() => chmodSync(path, 0o600))
  }
}

/** What cannot be done here fails again, with its reason, when the database is opened. */
function attempt(work: () => void): void {
  try {
    work()
  } catch {
    // Not there yet, or of another user.
  }
}
