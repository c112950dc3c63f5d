/**
 * Notes of which process uses which image, so that nobody removes an image from under a running service. A note is a
 * file named after image and process; it outlives a process that was killed, but counts for nothing then.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { hasCode, isAlive, listFolder, processStart } from './image-paths.js'

/** Notes that this process uses these images; the notes of dead processes go. */
export function noteUse(users: string, folders: readonly string[]): void {
  try {
    mkdirSync(users, { recursive: true })
    for (const { name, isCurrent } of listNotes(users)) {
      if (!isCurrent) rmSync(path.join(users, name), { force: true })
    }
    for (const folder of folders) {
      writeFileSync(path.join(users, `${folder}.${process.pid}.${processStart(process.pid)}`), '')
    }
  } catch (error) {
    // Who may only read the images uses them all the same; whoever removes images there has to know.
    if (!['EACCES', 'EPERM', 'EROFS'].some((code) => hasCode(error, code))) throw error
  }
}

/** Images that a live process uses. */
export function imagesInUse(users: string): Set<string> {
  return new Set(listNotes(users).flatMap(({ folder, isCurrent }) => (isCurrent ? [folder] : [])))
}

interface Note {
  readonly name: string
  readonly folder: string
  /** False when the process has ended, also when another one has its id by now. */
  readonly isCurrent: boolean
}

function listNotes(users: string): Note[] {
  return listFolder(users).map((name) => {
    const [folder = '', pid = '', start = ''] = name.split('.')
    return { name, folder, isCurrent: isAlive(Number(pid)) && processStart(Number(pid)) === start }
  })
}
