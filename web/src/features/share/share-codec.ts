/**
 * A program as part of a link: what is shared is in the fragment, which browsers never send to a server. Reading one
 * trusts nothing: sizes are bounded while unpacking, names are checked, fields are decoded.
 */
import { deflateSync, Inflate, strFromU8, strToU8 } from 'fflate'

import { array, object, oneOf, orElse, string, type Decoded } from '../../api/decode.js'
import type { OpenedProject } from '../../state/project-slice.js'
import type { TestCase } from '../../state/tests-slice.js'
import { toBase64 } from '../files/file-content.js'
import { fileNameProblem } from '../files/file-names.js'

export const FRAGMENT_PREFIX = '#code='
/** Longer links are cut by chat programs and refused by some browsers. */
export const MAX_FRAGMENT_CHARACTERS = 60_000
const MAX_UNPACKED_BYTES = 4 * 1024 * 1024

export interface SharedProgram extends OpenedProject {
  readonly tests: readonly TestCase[]
}

const text = orElse(string, '')
const program = object({
  language: string,
  entry: string,
  files: array(object({ path: string, content: string, encoding: orElse(oneOf('utf8', 'base64'), 'utf8') })),
  stdin: text,
  args: text,
  wallTimeSeconds: text,
  cpuTimeSeconds: text,
  memoryMb: text,
  tests: orElse(array(object({ name: text, stdin: text, expectedOutput: text })), []),
})

export function encodeFragment(shared: SharedProgram): string {
  const { language, project, input, tests } = shared
  const value = {
    language,
    entry: project.entry,
    files: project.files.map((file) => (file.encoding === 'utf8' ? { ...file, encoding: undefined } : file)),
    ...Object.fromEntries(Object.entries(input).filter(([, field]) => field !== '')),
    tests:
      tests.length > 0
        ? tests.map(({ name, stdin, expectedOutput }) => ({ name, stdin, expectedOutput }))
        : undefined,
  }
  return FRAGMENT_PREFIX + toBase64Url(deflateSync(strToU8(JSON.stringify(value)), { level: 9 }))
}

/** Throws an Error with a sentence for the person when the fragment is damaged. */
export function decodeFragment(fragment: string): SharedProgram {
  let shared: ReturnType<typeof program>
  try {
    shared = program(
      JSON.parse(strFromU8(inflate(fromBase64Url(fragment.slice(FRAGMENT_PREFIX.length))))),
      'link',
    )
  } catch (error) {
    throw new Error('This link is damaged; perhaps it was cut when it was copied.', { cause: error })
  }
  return toProgram(shared)
}

function toProgram(shared: Decoded<typeof program>): SharedProgram {
  const { language, entry, files, tests, ...input } = shared
  const badName = files.map((file) => fileNameProblem(file.path)).find((problem) => problem !== null)
  if (badName !== undefined || !files.some((file) => file.path === entry)) {
    throw new Error(badName ?? 'This link does not say which file the program starts from.')
  }
  return {
    language,
    project: { files, entry },
    input,
    tests: tests.map((test, index) => ({ ...test, id: `shared-${index}` })),
  }
}

function inflate(packed: Uint8Array): Uint8Array {
  const chunks: Uint8Array[] = []
  let total = 0
  const stream = new Inflate((chunk) => {
    total += chunk.length
    if (total > MAX_UNPACKED_BYTES) {
      throw new Error('too large')
    }
    chunks.push(chunk)
  })
  for (let start = 0; start < packed.length; start += 1024) {
    stream.push(packed.subarray(start, start + 1024), start + 1024 >= packed.length)
  }
  const bytes = new Uint8Array(total)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}

function toBase64Url(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

function fromBase64Url(value: string): Uint8Array {
  const binary = atob(value.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(binary, (character) => character.codePointAt(0) ?? 0)
}
