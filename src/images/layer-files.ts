/**
 * Files and directories that the builder itself puts into a layer. Their modes are stated, as what programs may read
 * must not depend on the caller's umask, on a default ACL or set-gid bit of the data directory, or on the modes of a
 * checkout.
 */
import { chmod, copyFile, mkdir, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'

const DIRECTORY_MODE = 0o755
const FILE_MODE = 0o644
const PROGRAM_MODE = 0o755
const OWNER_MAY_EXECUTE = 0o100

/** Makes a directory and those above it that are missing, readable by everybody; one that exists stays as it is. */
export async function makeLayerFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true })
  if (first === undefined) return
  for (let made = path.resolve(folder); made.startsWith(first); made = path.dirname(made)) {
    await chmod(made, DIRECTORY_MODE)
  }
}

/** Copies a file to a path inside the layer; it may be executed where its owner could execute the source. */
export async function copyIntoLayer(source: string, root: string, target: string): Promise<void> {
  const file = path.join(root, target)
  await makeLayerFolder(path.dirname(file))
  await copyFile(source, file)
  await chmod(file, ((await stat(source)).mode & OWNER_MAY_EXECUTE) === 0 ? FILE_MODE : PROGRAM_MODE)
}

export async function writeIntoLayer(file: string, text: string): Promise<void> {
  await writeFile(file, text)
  await chmod(file, FILE_MODE)
}
