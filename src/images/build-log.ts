/** The log of one image's build: every command with its output. */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import path from 'node:path'

export interface BuildLog {
  readonly file: string
  write(line: string): void
  close(): void
}

/** Starts a log anew. */
export function openBuildLog(folder: string, name: string): BuildLog {
  mkdirSync(folder, { recursive: true })
  const file = path.join(folder, `${name}.log`)
  const descriptor = openSync(file, 'w')
  return {
    file,
    write(line) {
      writeSync(descriptor, `${line}\n`)
    },
    close() {
      closeSync(descriptor)
    },
  }
}
