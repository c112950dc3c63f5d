/**
 * Zip files in and out. What an archive claims about itself is not believed: bytes are counted as they are unpacked,
 * and unpacking stops at the limits, so that a small archive cannot fill the memory.
 */
import { Unzip, UnzipInflate, zipSync } from 'fflate'

import type { Project, ProjectFile } from '../../state/project.js'
import { fileFromBytes, fileToBytes } from './file-content.js'
import { fileNameProblem } from './file-names.js'

export const MAX_FILES = 200
/** The service takes bodies of 10 MiB; JSON and base64 need some of it. */
export const MAX_TOTAL_BYTES = 6 * 1024 * 1024

export class ArchiveError extends Error {
  override readonly name = 'ArchiveError'
}

export interface Unpacked {
  readonly files: ProjectFile[]
  /** Entries that were left out, with the reason. */
  readonly skipped: string[]
}

interface Entry {
  readonly name: string
  readonly chunks: Uint8Array[]
  complete: boolean
}

export function unpackZip(archive: Uint8Array): Unpacked {
  const entries: Entry[] = []
  const skipped: string[] = []
  let totalBytes = 0
  // The unpacker reports what its callbacks throw as damage of the file: the first reason is the true one.
  let refusal: ArchiveError | null = null
  const refuse = (message: string): never => {
    refusal ??= new ArchiveError(`${message}; nothing was added.`)
    throw refusal
  }
  const unzip = new Unzip((file) => {
    if (file.name.endsWith('/') || isClutter(file.name)) {
      return
    }
    const problem = fileNameProblem(file.name)
    if (problem !== null) {
      skipped.push(`${file.name}: ${problem}`)
      return
    }
    if (entries.length >= MAX_FILES) {
      refuse(`The archive has more than ${MAX_FILES} files`)
    }
    const entry: Entry = { name: file.name, chunks: [], complete: false }
    entries.push(entry)
    file.ondata = (error, chunk, final) => {
      if (error) {
        refuse(`${file.name} in the archive is damaged`)
      }
      totalBytes += chunk.length
      if (totalBytes > MAX_TOTAL_BYTES) {
        refuse(`The archive unpacks to more than ${MAX_TOTAL_BYTES >> 20} MB`)
      }
      entry.chunks.push(chunk)
      entry.complete ||= final
    }
    file.start()
  })
  unzip.register(UnzipInflate)
  feed(unzip, archive)
  const unfinished = entries.find((entry) => !entry.complete)
  if (unfinished) {
    throw new ArchiveError(`${unfinished.name} in the archive is damaged; nothing was added.`)
  }
  if (entries.length === 0 && skipped.length === 0) {
    throw new ArchiveError('This is not a zip file, or it is empty; nothing was added.')
  }
  const files = withoutCommonFolder(entries).map(([name, entry]) => fileFromBytes(name, join(entry.chunks)))
  return { files, skipped }
}

/** In small pieces, so that the limits are checked before a piece can have become large. */
function feed(unzip: Unzip, archive: Uint8Array): void {
  const pieceBytes = 4096
  try {
    for (let start = 0; start < archive.length; start += pieceBytes) {
      const end = Math.min(start + pieceBytes, archive.length)
      unzip.push(archive.subarray(start, end), end === archive.length)
    }
  } catch (error) {
    throw error instanceof ArchiveError
      ? error
      : new ArchiveError('This zip file is damaged or uses a method other than deflate; nothing was added.', {
          cause: error,
        })
  }
}

/** Archives are often made of one folder; its name says nothing to the program. */
function withoutCommonFolder(entries: readonly Entry[]): [string, Entry][] {
  const first = entries[0]?.name.split('/')[0] ?? ''
  const common = entries.every((entry) => entry.name.startsWith(`${first}/`))
  return entries.map((entry) => [common ? entry.name.slice(first.length + 1) : entry.name, entry])
}

function isClutter(name: string): boolean {
  return name.startsWith('__MACOSX/') || name.endsWith('.DS_Store')
}

function join(chunks: readonly Uint8Array[]): Uint8Array {
  let length = 0
  for (const chunk of chunks) {
    length += chunk.length
  }
  const bytes = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}

export function packZip(project: Project): Uint8Array<ArrayBuffer> {
  return zipSync(Object.fromEntries(project.files.map((file) => [file.path, fileToBytes(file)])))
}
