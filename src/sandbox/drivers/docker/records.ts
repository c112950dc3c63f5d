/**
 * Files as the agent takes and gives them (native/container/files.c): one record for each folder, file, piece of
 * content or link. What the agent collected in one container goes to the next as it came, byte for byte.
 */
import type { Artefact, SourceFile } from '../../../contract/execution.js'
import { FrameWriter } from '../namespaces/frames.js'

/** Request and event numbers of `native/src/protocol.h` that only containers have. */
export const CONTAINER_REQUEST = { record: 13, collect: 14 } as const
export const CONTAINER_EVENT = { record: 74, collected: 75 } as const

const KIND = { folder: 1, fileStart: 2, content: 3 } as const
const PIECE_BYTES = 256 * 1024
/** Folders whose content an ephemeral command does not see: /tmp and /dev/shm. */
const SCRATCH_FOLDERS: ReadonlySet<number> = new Set([2, 3])

type Pieces = readonly Uint8Array[]

/** A writable folder by its number, and what the files that are brought into it are like. */
interface Place {
  readonly root: number
  /** 0 is root, 1 the program. */
  readonly owner: number
  readonly folderMode: number
}

const BOX: Place = { root: 0, owner: 0, folderMode: 0o1777 }
const OUT: Place = { root: 1, owner: 1, folderMode: 0o755 }

/** Sources as root's read-only files, with the folders they are in, in the order the agent needs. */
export function sourceRecords(id: number, files: readonly SourceFile[]): Generator<Pieces> {
  return fileRecords(id, BOX, files, () => 0o444)
}

/** Artefacts as if the program's own compiler had made them. */
export function artefactRecords(id: number, artefacts: readonly Artefact[]): Generator<Pieces> {
  return fileRecords(id, OUT, artefacts, ({ executable }) => (executable ? 0o755 : 0o644))
}

function* fileRecords<File extends SourceFile>(
  id: number,
  place: Place,
  files: readonly File[],
  modeOf: (file: File) => number,
): Generator<Pieces> {
  const made = new Set<string>()
  for (const file of files) {
    const { name, content } = file
    for (const folder of foldersOf(name)) {
      if (made.has(folder)) continue
      made.add(folder)
      yield record(id, place, { kind: KIND.folder, mode: place.folderMode, number: 0, path: folder })
    }
    yield record(id, place, { kind: KIND.fileStart, mode: modeOf(file), number: content.length, path: name })
    for (let at = 0; at < content.length; at += PIECE_BYTES) {
      const piece = content.subarray(at, at + PIECE_BYTES)
      yield record(id, place, { kind: KIND.content, mode: 0, number: at, path: name }, piece)
    }
  }
}

/** `a/b/c.txt` is in `a` and `a/b`. */
function foldersOf(name: string): string[] {
  const parts = name.split('/').slice(0, -1)
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'))
}

interface RecordHead {
  readonly kind: number
  readonly mode: number
  readonly number: number
  readonly path: string
}

function record(
  id: number,
  { root, owner }: Place,
  head: RecordHead,
  content: Uint8Array = new Uint8Array(0),
): Pieces {
  // Kind, folder and owner share the first number.
  return new FrameWriter()
    .u32(head.kind | (root << 8) | (owner << 16))
    .u32(head.mode)
    .u64(head.number)
    .u64(0)
    .string(head.path)
    .bytes(content)
    .finish(CONTAINER_REQUEST.record, id)
}

/** A collected record on its way into the next container. */
export function forwarded(id: number, collected: Uint8Array): Pieces {
  return new FrameWriter().raw(collected).finish(CONTAINER_REQUEST.record, id)
}

export function isScratch(collected: Uint8Array): boolean {
  return SCRATCH_FOLDERS.has(collected[1] ?? 0)
}
