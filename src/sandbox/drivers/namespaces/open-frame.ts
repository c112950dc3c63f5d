/** The request that opens a sandbox, and the list of files that it has in common with others. */
import type { Artefact, SourceFile } from '../../../contract/execution.js'
import type { SandboxSpec } from '../../driver.js'
import { FrameWriter, PLACE, REQUEST } from './frames.js'

/** Files and folders a sandbox may have at once: more than any build makes, less than would trouble the kernel. */
const MAX_INODES = 16_384

export function openFrame(id: number, spec: SandboxSpec, image: string): readonly Uint8Array[] {
  const frame = new FrameWriter().string(image).u64(spec.fileSystemBytes).u32(MAX_INODES)
  writeFiles(frame, spec.files, spec.artefacts ?? [])
  return frame.finish(REQUEST.open, id)
}

export function writeFiles(
  frame: FrameWriter,
  files: readonly SourceFile[],
  artefacts: readonly Artefact[],
): void {
  frame.u32(files.length + artefacts.length)
  for (const { name, content } of files) frame.u32(PLACE.box).string(name).bytes(content)
  for (const { name, content, executable } of artefacts)
    frame
      .u32(executable ? PLACE.outExecutable : PLACE.out)
      .string(name)
      .bytes(content)
}
