/**
 * Files as the agent takes and gives them (native/container/files.c): one record for each folder, file, piece of
 * content or link. What the agent collected in one container goes to the next as it came, byte for byte.
 */
import type { SourceFile } from '../../../contract/execution.js'
import { FrameWriter } from '../namespaces/frames.js'

/** Request and event numbers of `native/src/protocol.h` that only containers have. */
export const CONTAINER_REQUEST = { record: 11, collect: 12 } as const
export const CONTAINER_EVENT = { record: 73, collected: 74 } as const

const KIND = { folder: 1, fileStart: 2, content: 3 } as const
const BOX = 0
const PIECE_BYTES = 256 * 1024
const SOURCE_MODE = 0o444
const FOLDER_MODE = 0o1777
/** Folders whose content an ephemeral command does not see: /tmp and /dev/shm. */
const SCRATCH_FOLDERS: ReadonlySet<number> = new Set([2, 3])

type Pieces = readonly Uint8Array[]

/** Sources as root's read-only files, with the folders they are in, in the order the agent needs. */
export function* sourceRecords(id: number, files: readonly SourceFile[]): Generator<Pieces> {
  const made = new Set<string>()
  for (const { name, content } of files) {
    for (const folder of foldersOf(name)) {
      if (made.has(folder)) continue
      made.add(folder)
      yield record(id, { kind: KIND.folder, mode: FOLDER_MODE, number: 0, path: folder })
    }
    yield record(id, { kind: KIND.fileStart, mode: SOURCE_MODE, number: content.length, path: name })
    for (let at = 0; at < content.length; at += PIECE_BYTES) {
      const piece = content.subarray(at, at + PIECE_BYTES)
      yield record(id, { kind: KIND.content, mode: 0, number: at, path: name }, piece)
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

function record(id: number, head: RecordHead, content: Uint8Array = new Uint8Array(0)): Pieces {
  // Kind, folder and owner share the first number; the owner 0 is root.
  return new FrameWriter()
    .u32(head.kind | (BOX << 8))
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
