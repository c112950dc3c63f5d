/** Files of a request → source files, with every name made harmless before it reaches a disk. Pure. */
import type { SourceFile } from '../contract/execution.js'
import type { SubmittedFile } from '../contract/wire/execute.js'
import { invalidField } from './invalid-input.js'

const MAX_NAME_BYTES = 255

/** What an execution consists of. */
export interface Program {
  readonly files: readonly SourceFile[]
  readonly entryPoint: string
}

export function programOfOneFile(code: string, filename: string): Program {
  return { files: [{ name: filename, content: encodeText('code', code) }], entryPoint: filename }
}

export interface FileRules {
  readonly maxFiles: number
  /** Names of files that the language adds unless the client sends one of that name. */
  readonly extraFiles?: readonly string[]
}

export function programOfFiles(
  submitted: readonly SubmittedFile[],
  { maxFiles, extraFiles = [] }: FileRules,
): Program {
  if (submitted.length > maxFiles) {
    throw invalidField('files', `has ${submitted.length} entries, the maximum is ${maxFiles}`)
  }
  submitted.forEach(({ filename }, index) => {
    const problem = fileNameProblem(filename)
    if (problem !== undefined) throw nameError(index, filename, problem)
  })
  refuseClashes(
    submitted.map(({ filename }) => filename),
    extraFiles,
  )
  return {
    files: submitted.map((file, index) => ({ name: file.filename, content: contentOf(file, index) })),
    entryPoint: entryPointOf(submitted),
  }
}

/** What makes a name unfit to be a file in the work folder, or undefined. */
export function fileNameProblem(name: string): string | undefined {
  if (name === '') return 'is empty'
  if (!name.isWellFormed()) return 'is not valid Unicode'
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001f\u007f-\u009f]/.test(name)) return 'contains a control character'
  if (name.includes('\\')) return 'contains a backslash; separate folders by /'
  if (name.startsWith('/')) return 'is absolute; names are relative to the work folder'
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) return `is longer than ${MAX_NAME_BYTES} bytes`
  const segments = name.split('/')
  if (segments.includes('..')) return 'leads out of its folder by ".."'
  if (segments.includes('.')) return 'contains a "." folder'
  if (segments.includes('')) return 'contains an empty folder or file name'
  return undefined
}

function nameError(index: number, filename: string, problem: string) {
  const shown = filename.length > 80 ? `${filename.slice(0, 80).toWellFormed()}…` : filename
  return invalidField(`files[${index}].filename`, `${JSON.stringify(shown)} ${problem}`)
}

/** No name twice, and none that is a file here and a folder there. Case matters, as it does in the sandbox. */
function refuseClashes(names: readonly string[], extraFiles: readonly string[]): void {
  const owners = new Map(extraFiles.map((name) => [name, 'a file of the language']))
  const folders = new Set(extraFiles.flatMap(foldersOf))
  const sent = new Set<string>()
  names.forEach((name, index) => {
    if (sent.has(name)) throw nameError(index, name, `is also the name of ${owners.get(name)}`)
    if (folders.has(name)) throw nameError(index, name, 'is a folder of the language')
    sent.add(name)
    owners.set(name, `files[${index}]`)
  })
  names.forEach((name, index) => {
    const file = foldersOf(name)
      .map((folder) => owners.get(folder))
      .find((owner) => owner !== undefined)
    if (file !== undefined) throw nameError(index, name, `needs a folder where ${file} is`)
  })
}

/** `a/b/c.py` → `a`, `a/b`. */
function foldersOf(name: string): string[] {
  const segments = name.split('/').slice(0, -1)
  return segments.map((_, index) => segments.slice(0, index + 1).join('/'))
}

function entryPointOf(submitted: readonly SubmittedFile[]): string {
  const flagged = submitted.filter((file) => file.isEntryPoint === true)
  const candidates = submitted.length === 1 ? submitted : flagged
  const [entryPoint, second] = candidates
  if (entryPoint === undefined) {
    throw invalidField('files', 'have no entry point; set isEntryPoint to true on exactly one of them')
  }
  if (second !== undefined) {
    throw invalidField(
      'files',
      `have ${candidates.length} entry points; set isEntryPoint to true on only one`,
    )
  }
  return entryPoint.filename
}

function contentOf(file: SubmittedFile, index: number): Uint8Array {
  const path = `files[${index}].code`
  return file.encoding === 'base64' ? decodeBase64(path, file.code) : encodeText(path, file.code)
}

/** Text as UTF-8. A lone surrogate has no encoding and would silently become another character. */
export function encodeText(path: string, value: string): Uint8Array {
  if (!value.isWellFormed())
    throw invalidField(path, 'contains half of a surrogate pair, which is not valid Unicode')
  return Buffer.from(value, 'utf8')
}

/** Canonical base64 only: what decodes and encodes to the same text. Buffer alone would skip what it cannot read. */
function decodeBase64(path: string, value: string): Uint8Array {
  const decoded = Buffer.from(value, 'base64')
  if (decoded.toString('base64') !== value) {
    throw invalidField(path, 'is not base64 (standard alphabet, padded, without line breaks)')
  }
  return decoded
}
