/** Puts together what is started ahead of executions: per language a resident compiler and waiting runtimes. */
import type { ExecutionRequest } from '../contract/execution.js'
import type { StageLimits } from '../contract/limits.js'
import type { Ahead, Compiled } from '../execution/ahead.js'
import type { ExecutionPlan, PlannedStage } from '../execution/plan.js'
import type { LanguageDefinition } from '../languages/define-language.js'
import type { HeldSandbox, HeldSpec, SandboxDriver } from '../sandbox/driver.js'
import { WarmBudget } from './budget.js'
import { compilationOf, requestFor } from './compilation.js'
import { CompilerPool } from './compiler-pool.js'
import { HeldPool } from './held-pool.js'
import { isSameStart, usualStart } from './usual-start.js'

/** How often pools look whether they are still as they should be. */
const ADJUST_EVERY_MS = 500

export interface AheadOptions {
  readonly driver: SandboxDriver
  readonly languages: readonly LanguageDefinition[]
  /** Whether the language's image is there. */
  readonly isInstalled: (languageId: string) => boolean
  /** Limits of a request that asks for none of its own, for which runtimes are started. */
  readonly usualLimits: (language: LanguageDefinition) => StageLimits
  readonly cpus: { readonly compile: number; readonly run: number }
  readonly budgetBytes: number
  readonly reserveBytes: number
  readonly availableBytes: () => number
  /** Executions at once, beyond which it makes no sense to keep anything ready. */
  readonly slots: number
}

export type WarmKind = 'compiler' | 'runtime'

export interface WarmFigures {
  readonly language: string
  readonly kind: WarmKind
  readonly ready: number
  readonly hits: number
  readonly misses: number
}

export interface StartedAhead extends Ahead {
  figures(): readonly WarmFigures[]
  readonly memoryBytes: number
  close(): void
}

interface Counts {
  hits: number
  misses: number
}

interface Prepared {
  readonly language: LanguageDefinition
  readonly compiler?: CompilerPool
  readonly runtimes?: HeldPool
  readonly spec: HeldSpec | undefined
  readonly counts: Record<WarmKind, Counts>
}

/** More would only wait: whoever takes one gives way to the next within milliseconds. */
function mostWaiting(slots: number): number {
  return Math.min(slots * 2, 8)
}

/** Sandboxes that may be open at once beyond those of executions. */
export function placesAhead(languages: readonly LanguageDefinition[], slots: number): number {
  const places = languages.map(
    ({ ahead }) => (ahead?.compiler ? 1 : 0) + (ahead?.runtime ? mostWaiting(slots) : 0),
  )
  return places.reduce((sum, more) => sum + more, 0)
}

export function createAhead(options: AheadOptions): StartedAhead {
  const budget = new WarmBudget({
    totalBytes: options.budgetBytes,
    reserveBytes: options.reserveBytes,
    availableBytes: options.availableBytes,
  })
  const prepared = new Map<string, Prepared>()
  const adjust = (): void => {
    for (const language of options.languages) {
      if (language.ahead === undefined || !options.isInstalled(language.id)) continue
      const known = prepared.get(language.id) ?? prepare(language, options, budget)
      prepared.set(language.id, known)
      known.runtimes?.adjust()
      known.compiler?.adjust()
    }
  }
  adjust()
  const timer = setInterval(adjust, ADJUST_EVERY_MS)
  timer.unref()
  return {
    compile: (language, request, stage, signal) => compile(prepared.get(language.id), request, stage, signal),
    take: (language, plan, stage) => take(prepared.get(language.id), plan, stage),
    figures: () => [...prepared.values()].flatMap(figuresOf),
    get memoryBytes() {
      return budget.usedBytes
    },
    close: () => {
      clearInterval(timer)
      for (const { compiler, runtimes } of prepared.values()) {
        compiler?.close()
        runtimes?.close()
      }
    },
  }
}

function prepare(language: LanguageDefinition, options: AheadOptions, budget: WarmBudget): Prepared {
  const { driver, cpus, slots } = options
  const { compiler, runtime } = language.ahead ?? {}
  const spec = usualStart(language, options.usualLimits(language), cpus.run)
  const hold = driver.hold?.bind(driver)
  return {
    language,
    spec,
    counts: { compiler: { hits: 0, misses: 0 }, runtime: { hits: 0, misses: 0 } },
    ...(compiler && {
      compiler: new CompilerPool({
        driver,
        budget,
        name: `compiler-${language.id}`,
        image: language.id,
        recipe: compiler,
        env: { ...language.env },
        cpus: cpus.compile,
      }),
    }),
    ...(runtime &&
      spec &&
      hold && {
        runtimes: new HeldPool({
          start: hold,
          spec: (executionId) => ({ ...spec, executionId }),
          name: `ahead-${language.id}`,
          memoryBytes: runtime.memoryBytes,
          budget,
          most: mostWaiting(slots),
        }),
      }),
  }
}

async function compile(
  prepared: Prepared | undefined,
  { files, entryPoint }: Pick<ExecutionRequest, 'files' | 'entryPoint'>,
  { command }: PlannedStage,
  signal: AbortSignal,
): Promise<Compiled | undefined> {
  const { language, compiler } = prepared ?? {}
  if (!prepared || !compiler || !language?.ahead?.compiler) return undefined
  const { limits } = command
  const run =
    limits.memoryBytes < language.ahead.compiler.memoryBytes
      ? undefined
      : await compiler.compile(requestFor(language, files, entryPoint), limits, signal)
  const compiled = run && compilationOf(run, limits.fileSizeBytes)
  note(prepared, 'compiler', compiled !== undefined)
  return compiled
}

function take(
  prepared: Prepared | undefined,
  plan: ExecutionPlan,
  { command }: PlannedStage,
): HeldSandbox | undefined {
  const { spec, runtimes, language } = prepared ?? {}
  if (!prepared || !spec || !runtimes || !language) return undefined
  const held = plan.cases.length === 0 && isSameStart(command, spec, language) ? runtimes.take() : undefined
  note(prepared, 'runtime', held !== undefined)
  return held
}

function note({ counts }: Prepared, kind: WarmKind, hit: boolean): void {
  counts[kind][hit ? 'hits' : 'misses'] += 1
}

function figuresOf({ language, counts, compiler, runtimes }: Prepared): WarmFigures[] {
  const figures = (kind: WarmKind, ready: number): WarmFigures => ({
    language: language.id,
    kind,
    ready,
    ...counts[kind],
  })
  return [
    ...(compiler ? [figures('compiler', compiler.size)] : []),
    ...(runtimes ? [figures('runtime', runtimes.size)] : []),
  ]
}
