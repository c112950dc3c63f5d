import type { ProjectFile } from '../../state/project.js'

/** Bytes as a project file: text where they are UTF-8 without NUL, else base64. */
export function fileFromBytes(path: string, bytes: Uint8Array): ProjectFile {
  if (!bytes.includes(0)) {
    try {
      return { path, content: new TextDecoder('utf-8', { fatal: true }).decode(bytes), encoding: 'utf8' }
    } catch {
      // Not UTF-8: kept as bytes below.
    }
  }
  return { path, content: toBase64(bytes), encoding: 'base64' }
}

export function fileToBytes(file: ProjectFile): Uint8Array<ArrayBuffer> {
  return file.encoding === 'base64'
    ? Uint8Array.from(atob(file.content), (character) => character.codePointAt(0) ?? 0)
    : new TextEncoder().encode(file.content)
}

/** Spreading all bytes into one call would overflow the stack. */
const BASE64_CHUNK_BYTES = 0x80_00

export function toBase64(bytes: Uint8Array): string {
  let binary = ''
  for (let start = 0; start < bytes.length; start += BASE64_CHUNK_BYTES) {
    binary += String.fromCodePoint(...bytes.subarray(start, start + BASE64_CHUNK_BYTES))
  }
  return btoa(binary)
}
