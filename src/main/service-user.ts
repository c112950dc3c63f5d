/** The user that the service becomes when it was started as root, and whether that user can do the service's work. */
import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'

export interface ServiceUser {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

/** Where a host has one, as the project's own container image does. */
const USUAL_NAME = 'codeexec'
/** Otherwise one that no host has, just below those of programs: nobody has to make it. */
const USUAL_ID = 899_999

/** Undefined where no such user exists. `wanted` is a name or a number; `root` stays root. */
export function findServiceUser(wanted: string | undefined, passwd = readPasswd()): ServiceUser | undefined {
  if (wanted === undefined) return known(passwd, USUAL_NAME) ?? numbered(USUAL_ID)
  return /^\d+$/u.test(wanted) ? numbered(Number(wanted)) : known(passwd, wanted)
}

function numbered(id: number): ServiceUser {
  return { name: String(id), uid: id, gid: id }
}

function known(passwd: string, wanted: string): ServiceUser | undefined {
  for (const line of passwd.split('\n')) {
    const [name = '', , uid, gid] = line.split(':')
    if (name === wanted) return { name, uid: Number(uid), gid: Number(gid) }
  }
  return undefined
}

function readPasswd(): string {
  try {
    return readFileSync('/etc/passwd', 'utf8')
  } catch {
    return ''
  }
}

const READ = 4
const PASS = 1

/** The first of these files, and of the folders they are in, that the user may not read or pass. */
export function firstUnreadable(files: readonly string[], user: ServiceUser): string | undefined {
  for (const file of files) {
    const closed = firstClosed(file, user)
    if (closed !== undefined) return closed
    if (!mayUse(file, user, READ)) return file
  }
  return undefined
}

/** The first of the folders above this one that the user may not pass. */
export function firstClosed(file: string, user: ServiceUser): string | undefined {
  return foldersAbove(path.resolve(file)).find((folder) => !mayUse(folder, user, PASS))
}

/** From the root down. */
function foldersAbove(file: string): string[] {
  const parent = path.dirname(file)
  return parent === file ? [] : [...foldersAbove(parent), parent]
}

function mayUse(file: string, { uid, gid }: ServiceUser, right: number): boolean {
  const status = statSync(file, { throwIfNoEntry: false })
  // What does not exist yet is made by this process.
  if (status === undefined) return true
  const { mode, uid: owner, gid: group } = status
  const shift = owner === uid ? 6 : group === gid ? 3 : 0
  return uid === 0 || ((mode >> shift) & right) === right
}
