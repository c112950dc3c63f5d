/** What a command has left in its container, as artefacts: only where another sandbox could be given it as it was. */
import type { Artefact } from '../../../contract/execution.js'
import { PayloadReader } from '../namespaces/frames.js'

/** As in native/container/files.c: of records, and the folder of artefacts. */
const KIND = { folder: 1, fileStart: 2, content: 3 } as const
const OUT = 1
const FOLDER_MODE = 0o755
const ARTEFACT_MODE = 0o644
const EXECUTABLE_MODE = 0o755

const TEXT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** What was collected, as artefacts; undefined where they could not be given to another sandbox as they were. */
export function artefactsOf(
  records: readonly Uint8Array[],
  mostBytes: number,
): readonly Artefact[] | undefined {
  const artefacts: { name: string; content: Buffer; executable: boolean; filled: number }[] = []
  const folders: string[] = []
  let bytes = 0
  for (const collected of records) {
    const { kind, folder, mode, number, path, content } = parsed(collected)
    const last = artefacts.at(-1)
    if (folder !== OUT || path === undefined) return undefined
    if (kind === KIND.folder && mode === FOLDER_MODE) folders.push(path)
    else if (kind === KIND.fileStart && (mode === ARTEFACT_MODE || mode === EXECUTABLE_MODE)) {
      bytes += number + path.length
      if (bytes > mostBytes) return undefined
      const executable = mode === EXECUTABLE_MODE
      artefacts.push({ name: path, content: Buffer.alloc(number), executable, filled: 0 })
    } else if (
      kind === KIND.content &&
      last?.name === path &&
      number + content.length <= last.content.length
    ) {
      last.content.set(content, number)
      last.filled += content.length
    } else return undefined
  }
  const isWhole = artefacts.every(({ content, filled }) => content.length === filled)
  const isFilled = folders.every((path) => artefacts.some(({ name }) => name.startsWith(`${path}/`)))
  if (!isWhole || !isFilled) return undefined
  return artefacts.map(({ name, content, executable }) => ({ name, content, executable }))
}

function parsed(collected: Uint8Array) {
  const reader = new PayloadReader(Buffer.from(collected.buffer, collected.byteOffset, collected.byteLength))
  const head = reader.u32()
  const mode = reader.u32()
  const number = reader.u64()
  reader.u64()
  const name = reader.bytes()
  return {
    kind: head & 0xff,
    folder: (head >> 8) & 0xff,
    mode,
    number,
    path: textOf(name),
    content: reader.bytes(),
  }
}

function textOf(name: Uint8Array): string | undefined {
  try {
    return TEXT.decode(name)
  } catch {
    return undefined
  }
}
