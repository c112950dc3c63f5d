/** What a sandbox's commands have left, as the supervisor tells it (`native/src/collect.h`). */
import type { Artefact } from '../../../contract/execution.js'
import { PayloadReader } from './frames.js'

const TEXT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Undefined where it cannot be given back as it was. Contents are views of the payload. */
export function decodeArtefacts(payload: Buffer): readonly Artefact[] | undefined {
  const reader = new PayloadReader(payload)
  if (reader.u32() !== 1) return undefined
  const artefacts: Artefact[] = []
  try {
    while (!reader.isAtEnd) {
      const executable = reader.u32() === 1
      const name = TEXT.decode(reader.bytes())
      artefacts.push({ name, executable, content: reader.bytes() })
    }
  } catch (error) {
    // A name that is no text.
    if (error instanceof TypeError) return undefined
    throw error
  }
  return artefacts
}
