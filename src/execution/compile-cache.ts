/**
 * What compile stages made, by the hash of everything that made it (`compile-key.ts`). In this process's memory,
 * bounded in bytes; whatever was not asked for the longest goes first. Nothing in it is ever changed.
 */
import type { Artefact, OutputStream, StageResult } from '../contract/execution.js'

export interface OutputPiece {
  readonly stream: OutputStream
  readonly chunk: Uint8Array
}

/** A compile stage that passed. */
export interface CachedCompile {
  readonly language: string
  readonly result: StageResult
  /** As it came. */
  readonly output: readonly OutputPiece[]
  readonly artefacts: readonly Artefact[]
  /** False once it may not be used any more. */
  readonly isCurrent?: () => boolean
}

export interface CompileCacheFigures {
  readonly language: string
  readonly hits: number
  readonly misses: number
  readonly stores: number
  readonly evictions: number
  /** Compiled, and not kept: too large, or not to be made again exactly. */
  readonly unfit: number
  readonly entries: number
  readonly bytes: number
}

interface Entry {
  readonly compile: CachedCompile
  readonly bytes: number
}

/** One entry takes at most this part of the whole, so that one program cannot push all others out. */
const MOST_OF_THE_WHOLE = 1 / 4
/** About what the structures around bytes and names take. */
const ENTRY_BYTES = 1024
const PIECE_BYTES = 256

export class CompileCache {
  readonly mostEntryBytes: number
  readonly #mostBytes: number
  /** In order of use, the latest last. */
  readonly #entries = new Map<string, Entry>()
  readonly #figures = new Map<string, Writable<CompileCacheFigures>>()
  #bytes = 0

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes
    this.mostEntryBytes = Math.floor(mostBytes * MOST_OF_THE_WHOLE)
  }

  find(key: string, language: string): CachedCompile | undefined {
    const entry = this.#entries.get(key)
    const figures = this.#figuresOf(language)
    if (entry === undefined || entry.compile.isCurrent?.() === false) {
      if (entry !== undefined) this.#evict(key, entry)
      figures.misses += 1
      return undefined
    }
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    figures.hits += 1
    return entry.compile
  }

  /** Keeps a copy. The first of two identical ones stays, whoever made it. */
  store(key: string, compile: CachedCompile): void {
    if (compile.isCurrent?.() === false) return
    const figures = this.#figuresOf(compile.language)
    const bytes = sizeOf(compile)
    if (bytes > this.mostEntryBytes) {
      figures.unfit += 1
      return
    }
    const present = this.#entries.get(key)
    if (present !== undefined && present.compile.isCurrent?.() !== false) return
    if (present !== undefined) this.#evict(key, present)
    this.#entries.set(key, { compile: ownCopy(compile), bytes })
    this.#bytes += bytes
    figures.bytes += bytes
    figures.entries += 1
    figures.stores += 1
    for (const [oldest, entry] of this.#entries) {
      if (this.#bytes <= this.#mostBytes) break
      this.#evict(oldest, entry)
    }
  }

  noteUnfit(language: string): void {
    this.#figuresOf(language).unfit += 1
  }

  figures(): readonly CompileCacheFigures[] {
    return [...this.#figures.values()].map((figures) => ({ ...figures }))
  }

  #evict(key: string, { compile, bytes }: Entry): void {
    const figures = this.#figuresOf(compile.language)
    this.#entries.delete(key)
    this.#bytes -= bytes
    figures.bytes -= bytes
    figures.entries -= 1
    figures.evictions += 1
  }

  #figuresOf(language: string): Writable<CompileCacheFigures> {
    const known = this.#figures.get(language)
    if (known !== undefined) return known
    const figures = { language, hits: 0, misses: 0, stores: 0, evictions: 0, unfit: 0, entries: 0, bytes: 0 }
    this.#figures.set(language, figures)
    return figures
  }
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] }

function sizeOf({ result, output, artefacts }: CachedCompile): number {
  const text = 2 * (result.stdout.length + result.stderr.length + result.output.length)
  const pieces = output.reduce((sum, { chunk }) => sum + chunk.length + PIECE_BYTES, 0)
  const files = artefacts.reduce(
    (sum, file) => sum + file.content.length + 2 * file.name.length + PIECE_BYTES,
    0,
  )
  return ENTRY_BYTES + text + pieces + files
}

/** Bytes of its own, exactly as many: what came may be a view of something much larger. */
function ownCopy(compile: CachedCompile): CachedCompile {
  return {
    ...compile,
    output: compile.output.map(({ stream, chunk }) => ({ stream, chunk: new Uint8Array(chunk) })),
    artefacts: compile.artefacts.map((file) => ({ ...file, content: new Uint8Array(file.content) })),
  }
}
