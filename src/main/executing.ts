/** The side that runs programs, as the whole service and a worker alone have it: images, sandboxes, execution. */
import { placesAhead } from '../ahead/create-ahead.js'
import type { ReadinessCheck } from '../api/dependencies.js'
import type { Config } from '../config/variables.js'
import type { CompileCaching } from '../execution/cached-compile.js'
import { CompileCache } from '../execution/compile-cache.js'
import { createMemoryReserve } from '../execution/memory-reserve.js'
import type { MemoryReserve } from '../execution/memory-reserve.js'
import { proveImage } from '../execution/prove-image.js'
import { runExecution } from '../execution/run-execution.js'
import type { ImageStore } from '../images/image-store.js'
import { fileTrialRecords } from '../images/trial-records.js'
import { TriedImages } from '../images/tried-images.js'
import { planImages } from '../images/recipe.js'
import { resolveLimits } from '../languages/limits.js'
import { loadLanguages } from '../languages/registry.js'
import type { LanguageRegistry } from '../languages/registry.js'
import { thisMachine } from '../machine/machine.js'
import type { Logger } from '../observability/logger.js'
import type { Metrics } from '../observability/metrics/metrics.js'
import { observeDriver } from '../sandbox/observe-driver.js'
import type { Worker, WorkerOptions } from '../worker/worker.js'
import type { Backend } from './backend.js'
import { startNamespacesBackend } from './namespaces-backend.js'
import { offeredLanguages } from './offered-languages.js'
import { packageVersion } from './places.js'
import type { ImagePreparation, PrepareImages } from './prepare-images.js'
import { planPlaces, roomBeside } from './program-places.js'
import type { Rights } from './rights.js'

export interface Executing {
  readonly languages: LanguageRegistry
  readonly images: ImageStore
  readonly prepareImages: PrepareImages
  readonly sandboxes: Pick<Backend, 'close'>
  /** What every worker of this process works with. */
  readonly work: Pick<WorkerOptions, 'execute' | 'runtimeVersion'>
  /** What its workers may run beside what takes their slots. */
  readonly beside: ReturnType<typeof roomBeside>
  readonly checks: () => readonly ReadinessCheck[]
}

/** Starts the sandboxes, and gives up root's rights then; rejects with SandboxError where this host has none. */
export async function startExecuting(
  config: Config,
  logger: Logger,
  metrics: Metrics,
  rights: Rights,
): Promise<Executing> {
  const all = await loadLanguages()
  const languages = offeredLanguages(all, config.languages)
  // Of all languages, as one language's image may stand on another's.
  const plan = planImages(all.all)
  const startBackend =
    config.sandbox === 'docker'
      ? (await import('./docker-backend.js')).startDockerBackend
      : startNamespacesBackend
  const startsAhead = config.warm && config.sandbox === 'namespaces'
  const places = planPlaces(config, startsAhead ? placesAhead(languages.all, config.slots) : 0)
  const backend = await startBackend(config, { languages, plan, places, logger, metrics, rights })
  const ending = new AbortController()
  const images = tryImages(config, languages, backend, logger, ending.signal)
  // Trials begin when somebody asks for a language, and nobody shall wait for the first.
  for (const { id } of languages.all) images.get(id)
  metrics.watchLanguages(() => languages.all.map(({ id }) => ({ language: id, state: images.state(id) })))
  const memory = createMemoryReserve({
    reserveBytes: config.memoryReserveBytes,
    availableBytes: thisMachine().availableBytes,
  })
  const driver = observeDriver(backend.driver, metrics.sandboxOpening)
  metrics.watchWarm(() => backend.warmState())
  const compileCaching = startCompileCache(config, images, metrics)
  const runtimeVersion = (id: string): string | undefined => images.get(id)?.version
  return {
    languages,
    images,
    prepareImages: (preparation) => prepareAndTry(images, backend, preparation),
    sandboxes: {
      close: async () => {
        ending.abort()
        await images.close()
        await backend.close()
      },
    },
    work: {
      runtimeVersion,
      execute: async (request, context) => {
        memory.require()
        return runExecution(request, context, {
          driver,
          ...(backend.ahead && { ahead: backend.ahead }),
          ...(compileCaching && { compileCaching }),
          language: (id) => languages.find(id),
          runtimeVersion,
          cpus: { compile: config.cpusPerExecution, run: config.cpusPerExecution },
          onPlatformFailure: ({ jobId, language, error }) =>
            logger.error({ err: error, jobId, language }, 'an execution failed on the platform'),
        })
      },
    },
    beside: roomBeside(places, config),
    checks: () => [backend.check(), imagesCheck(languages, images), memoryCheck(memory)],
  }
}

function tryImages(
  config: Config,
  languages: LanguageRegistry,
  { driver, images }: Backend,
  logger: Logger,
  signal: AbortSignal,
): TriedImages {
  const { defaults, maximum } = config.limits
  return new TriedImages({
    images,
    records: fileTrialRecords(config.dataDirectory, `${driver.name} ${packageVersion()}`),
    prove: async (image) => {
      const language = languages.require(image.id)
      const limits = resolveLimits({ defaults, maximum, language })
      const cpus = { compile: config.cpusPerExecution, run: config.cpusPerExecution }
      return proveImage(image, language, { driver, limits, cpus, signal })
    },
    onChange: (language, reason) => {
      if (reason === undefined) logger.info({ language }, 'programs run in its image now')
      else
        logger.error({ language, reason }, 'its image is there, but its trial run fails; it is tried again')
    },
  })
}

/** Resolves when programs have run in the images that were missing. */
async function prepareAndTry(
  images: TriedImages,
  backend: Backend,
  preparation: ImagePreparation,
): Promise<readonly string[]> {
  const problems = await backend.prepareImages(preparation)
  for (const id of preparation.languages) images.get(id)
  await images.settled()
  return problems
}

/** What this process offers and runs, for its metrics. */
export function watchWorkers(
  metrics: Metrics,
  config: Config,
  workers: { readonly jobs?: Worker; readonly sessions?: Worker },
): void {
  const none = { busy: 0, idle: 0 }
  metrics.watchSlots(() => ({
    jobs: { slots: config.slots, ...(workers.jobs?.load() ?? none) },
    sessions: { slots: config.interactive.slots, ...(workers.sessions?.load() ?? none) },
  }))
}

function startCompileCache(
  { compileCacheBytes }: Config,
  images: ImageStore,
  metrics: Metrics,
): CompileCaching | undefined {
  if (compileCacheBytes === null) return undefined
  const cache = new CompileCache(compileCacheBytes)
  metrics.watchCompileCache(() => cache.figures())
  return { cache, imageHash: (id) => images.get(id)?.hash }
}

function memoryCheck(memory: MemoryReserve): ReadinessCheck {
  const ok = memory.isKept()
  return { name: 'memory', ok, detail: ok ? 'enough' : 'too little is left for programs' }
}

/** Whether any language can be run at all. */
export function imagesCheck(languages: LanguageRegistry, images: ImageStore): ReadinessCheck {
  const ready = languages.all.filter(({ id }) => images.state(id) === 'ready').length
  const failed = languages.all.filter(({ id }) => images.state(id) === 'failed').map(({ id }) => id)
  const failing = failed.length === 0 ? '' : `; the trial run fails of ${failed.join(', ')}`
  return { name: 'languages', ok: ready > 0, detail: `${ready} of ${languages.all.length} ready${failing}` }
}
