/** One execution's dealings with the compile cache: asks before its compile stage, keeps what the stage made. */
import type { Artefact, StageResult, Usage } from '../contract/execution.js'
import type { LanguageDefinition } from '../languages/define-language.js'
import type { Sandbox } from '../sandbox/driver.js'
import type { CompiledStage } from './ahead.js'
import type { CompileCache, OutputPiece } from './compile-cache.js'
import { compileKey } from './compile-key.js'
import type { ExecutionPlan } from './plan.js'
import type { ExecutionContext } from './run-stage.js'

export interface CompileCaching {
  readonly cache: CompileCache
  /** Hash of the language's image as it is now. */
  readonly imageHash: (languageId: string) => string | undefined
}

const NOTHING_USED: Usage = { wallTimeMs: 0, cpuTimeMs: 0, memoryBytes: 0 }

/** Undefined where the execution has no compile stage, or one that may make another program each time. */
export function cachedCompileOf(
  caching: CompileCaching | undefined,
  driver: string,
  language: LanguageDefinition,
  plan: ExecutionPlan,
  entryPoint: string,
): CachedCompileStage | undefined {
  const [first] = plan.stages
  const image = caching?.imageHash(language.id)
  if (caching === undefined || image === undefined || first?.stage !== 'compile') return undefined
  if (mayVary(language, plan)) return undefined
  const { sandbox } = plan
  const key = compileKey({
    language: language.id,
    image,
    driver,
    entryPoint,
    sandbox,
    command: first.command,
  })
  return new CachedCompileStage(caching, language.id, key, image)
}

function mayVary({ compile }: LanguageDefinition, { sandbox }: ExecutionPlan): boolean {
  const texts = compile?.varyingText ?? []
  return sandbox.files.some(({ content }) => {
    const source = Buffer.from(content.buffer, content.byteOffset, content.byteLength)
    return texts.some((text) => source.includes(text))
  })
}

export class CachedCompileStage {
  readonly #caching: CompileCaching
  readonly #language: string
  readonly #key: string
  readonly #image: string
  readonly #output: OutputPiece[] = []
  #outputBytes = 0

  constructor(caching: CompileCaching, language: string, key: string, image: string) {
    this.#caching = caching
    this.#language = language
    this.#key = key
    this.#image = image
  }

  /** The compile stage as it went when it was run, with its events; undefined where it is not known. */
  async replay({ emit }: ExecutionContext): Promise<CompiledStage | undefined> {
    const kept = this.#caching.cache.find(this.#key, this.#language)
    if (kept === undefined) return undefined
    const result: StageResult = { ...kept.result, usage: NOTHING_USED, cached: true }
    await emit({ type: 'stage-started', stage: 'compile' })
    for (const piece of kept.output) await emit({ type: 'output', stage: 'compile', ...piece })
    await emit({ type: 'stage-finished', stage: 'compile', result })
    return { result, artefacts: kept.artefacts }
  }

  /** A context for the stage that is run after all: what it says is noted. */
  noting(context: ExecutionContext): ExecutionContext {
    const { mostEntryBytes } = this.#caching.cache
    return {
      ...context,
      emit: (event) => {
        if (event.type === 'output' && event.stage === 'compile') {
          this.#outputBytes += event.chunk.length
          // More makes the entry too large anyway.
          if (this.#outputBytes <= mostEntryBytes) {
            this.#output.push({ stream: event.stream, chunk: Buffer.from(event.chunk) })
          }
        }
        return context.emit(event)
      },
    }
  }

  /**
   * Takes what a compile stage that passed has left in its sandbox, before a program can touch it. Where that fails
   * the execution goes on as without a cache.
   */
  async collect(sandbox: Sandbox, result: StageResult, onFailure: (error: unknown) => void): Promise<void> {
    const taken = sandbox.artefacts?.(this.#caching.cache.mostEntryBytes).catch((error: unknown) => {
      onFailure(error)
      return undefined
    })
    this.keep({ result, artefacts: await taken })
  }

  keep(
    compiled: Omit<CompiledStage, 'artefacts'> & { readonly artefacts: readonly Artefact[] | undefined },
  ): void {
    const { result, artefacts, isCurrent } = compiled
    const { cache, imageHash } = this.#caching
    const isOfThisImage = imageHash(this.#language) === this.#image
    if (artefacts === undefined || !isOfThisImage || this.#outputBytes > cache.mostEntryBytes) {
      cache.noteUnfit(this.#language)
      return
    }
    const output = this.#output
    cache.store(this.#key, {
      language: this.#language,
      result,
      output,
      artefacts,
      ...(isCurrent && { isCurrent }),
    })
  }
}
