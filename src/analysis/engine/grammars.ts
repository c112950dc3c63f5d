/**
 * The parsers: tree-sitter's grammars as WebAssembly, out of npm packages that carry them ready-made. A crafted source
 * that breaks a grammar's C code breaks it inside the WebAssembly memory: an exception here, never a foreign write.
 */
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Language, Parser } from 'web-tree-sitter'

/** Where each grammar is, best first. C falls back to C++, which reads nearly all of it. */
const GRAMMAR_FILES = {
  bash: ['@vscode/tree-sitter-wasm/wasm/tree-sitter-bash.wasm'],
  c: ['tree-sitter-c/tree-sitter-c.wasm', '@vscode/tree-sitter-wasm/wasm/tree-sitter-cpp.wasm'],
  cpp: ['@vscode/tree-sitter-wasm/wasm/tree-sitter-cpp.wasm'],
  go: ['@vscode/tree-sitter-wasm/wasm/tree-sitter-go.wasm'],
  java: ['@vscode/tree-sitter-wasm/wasm/tree-sitter-java.wasm'],
  javascript: ['@vscode/tree-sitter-wasm/wasm/tree-sitter-javascript.wasm'],
  python: ['@vscode/tree-sitter-wasm/wasm/tree-sitter-python.wasm'],
  ruby: ['@vscode/tree-sitter-wasm/wasm/tree-sitter-ruby.wasm'],
  tsx: ['@vscode/tree-sitter-wasm/wasm/tree-sitter-tsx.wasm'],
  typescript: ['@vscode/tree-sitter-wasm/wasm/tree-sitter-typescript.wasm'],
} as const satisfies Record<string, readonly string[]>

export type GrammarId = keyof typeof GRAMMAR_FILES

export const GRAMMAR_IDS = Object.keys(GRAMMAR_FILES) as readonly GrammarId[]

/** The one part of the WebAssembly API that is used here; its types are otherwise only in the browser's library. */
declare const WebAssembly: {
  readonly Memory: new (pages: { initial: number; maximum: number }) => object
}

const WASM_PAGE_BYTES = 65_536
/** What the runtime's own static data and stack are laid out for. */
const INITIAL_WASM_PAGES = 512

export interface Grammars {
  /** Gives a parser set to a grammar; the grammar is loaded when it is first asked for. */
  parser(id: GrammarId): Promise<Parser>
}

/** Gives the bytes of a grammar. */
export type GrammarReader = (id: GrammarId) => Uint8Array

/** Starts the parser runtime. All trees together may take `memoryBytes`; then parsing throws. */
export async function loadGrammars(
  memoryBytes: number,
  read: GrammarReader = (id) => readFileSync(grammarFile(id)),
): Promise<Grammars> {
  const maximum = Math.ceil(memoryBytes / WASM_PAGE_BYTES)
  await Parser.init({ wasmMemory: new WebAssembly.Memory({ initial: INITIAL_WASM_PAGES, maximum }) })
  const parser = new Parser()
  const languages = new Map<GrammarId, Promise<Language>>()

  return {
    async parser(id) {
      let language = languages.get(id)
      if (!language) {
        language = Language.load(read(id))
        languages.set(id, language)
      }
      parser.setLanguage(await language)
      return parser
    },
  }
}

/**
 * Opens every grammar's file now, to be read when needed: by then this process may neither open it nor ask for its
 * size.
 */
export function openGrammars(): GrammarReader {
  const files = new Map(
    GRAMMAR_IDS.map((id) => {
      const descriptor = openSync(grammarFile(id), 'r')
      return [id, { descriptor, sizeBytes: fstatSync(descriptor).size }]
    }),
  )
  return (id) => {
    const file = files.get(id)
    if (file === undefined) throw new Error(`Grammar ${id} was read before`)
    files.delete(id)
    try {
      const content = new Uint8Array(file.sizeBytes)
      for (let at = 0; at < content.length;) {
        const readBytes = readSync(file.descriptor, content, at, content.length - at, at)
        if (readBytes === 0) throw new Error(`Grammar ${id} has become shorter`)
        at += readBytes
      }
      return content
    } finally {
      closeSync(file.descriptor)
    }
  }
}

/** The installed file of a grammar. */
export function grammarFile(id: GrammarId): string {
  const { resolve } = createRequire(import.meta.url)
  for (const specifier of GRAMMAR_FILES[id]) {
    try {
      return resolve(specifier)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error
    }
  }
  throw new Error(`No grammar is installed for ${id}: ${GRAMMAR_FILES[id].join(', ')}`)
}
