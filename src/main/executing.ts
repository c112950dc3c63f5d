/** The side that runs programs, as the whole service and a worker alone have it: images, sandboxes, execution. */
import { createAhead, placesAhead } from '../ahead/create-ahead.js'
import type { StartedAhead } from '../ahead/create-ahead.js'
import type { ReadinessCheck } from '../api/dependencies.js'
import type { Config } from '../config/variables.js'
import { createMemoryReserve } from '../execution/memory-reserve.js'
import type { MemoryReserve } from '../execution/memory-reserve.js'
import { runExecution } from '../execution/run-execution.js'
import { FileImageStore } from '../images/file-image-store.js'
import type { ImageStore } from '../images/image-store.js'
import { planImages, PROGRAM_IDS } from '../images/recipe.js'
import type { ImagePlan } from '../images/recipe.js'
import { resolveLimits } from '../languages/limits.js'
import { loadLanguages } from '../languages/registry.js'
import type { LanguageRegistry } from '../languages/registry.js'
import { preparedCommand } from '../languages/warm.js'
import type { Logger } from '../observability/logger.js'
import type { Metrics } from '../observability/metrics/metrics.js'
import type { WarmState } from '../observability/metrics/warm.js'
import { createNamespacesDriver } from '../sandbox/drivers/namespaces/driver.js'
import type { NamespacesDriver } from '../sandbox/drivers/namespaces/driver.js'
import { observeDriver } from '../sandbox/observe-driver.js'
import type { WorkerOptions } from '../worker/worker.js'
import { offeredLanguages } from './offered-languages.js'
import { SUPERVISOR_PROGRAM } from './places.js'

export interface Executing {
  readonly languages: LanguageRegistry
  readonly images: FileImageStore
  readonly plan: ImagePlan
  readonly driver: Pick<NamespacesDriver, 'close'>
  /** What every worker of this process works with. */
  readonly work: Pick<WorkerOptions, 'execute' | 'runtimeVersion'>
  readonly checks: () => readonly ReadinessCheck[]
}

/** Starts the sandboxes; rejects with SandboxError where this host has none. */
export async function startExecuting(config: Config, logger: Logger, metrics: Metrics): Promise<Executing> {
  const all = await loadLanguages()
  const languages = offeredLanguages(all, config.languages)
  // Of all languages, as one language's image may stand on another's.
  const plan = planImages(all.all)
  const images = new FileImageStore({ dataDirectory: config.dataDirectory, plan })
  const driver = createDriver(config, images, languages, logger)
  await driver.start()
  const memory = createMemoryReserve({ reserveBytes: config.memoryReserveBytes })
  metrics.watchSupervisor(() => ({ pid: driver.supervisorPid, restarts: driver.supervisorRestarts }))
  const slots = metrics.watchSlots({ jobs: config.slots, sessions: config.interactive.slots })
  const observedDriver = observeDriver(driver, metrics.sandboxOpening)
  // Ahead of the first request; whatever is not ready yet is prepared with its first.
  await driver.prepare(languages.all.map(({ id }) => id).filter((id) => images.get(id) !== undefined))
  const ahead = roomAhead(config, languages) > 0 ? startAhead(config, languages, images, driver) : undefined
  metrics.watchWarm(() => ({
    figures: [...forkFigures(driver), ...(ahead?.figures() ?? [])],
    memoryBytes: ahead?.memoryBytes ?? 0,
  }))
  const runtimeVersion = (id: string): string | undefined => images.get(id)?.version
  return {
    languages,
    images,
    plan,
    driver: ahead === undefined ? driver : endingFirst(ahead, driver),
    work: {
      runtimeVersion,
      execute: async (request, context) => {
        memory.require()
        const kind = request.interactive === undefined ? 'jobs' : 'sessions'
        slots.begin(kind)
        return runExecution(request, context, {
          driver: observedDriver,
          ...(ahead && { ahead }),
          language: (id) => languages.find(id),
          runtimeVersion,
          cpus: { compile: config.cpusPerExecution, run: config.cpusPerExecution },
          onPlatformFailure: ({ jobId, language, error }) =>
            logger.error({ err: error, jobId, language }, 'an execution failed on the platform'),
        }).finally(() => slots.end(kind))
      },
    },
    checks: () => [sandboxCheck(driver), imagesCheck(languages, images), memoryCheck(memory)],
  }
}

function createDriver(
  config: Config,
  images: ImageStore,
  languages: LanguageRegistry,
  logger: Logger,
): NamespacesDriver {
  const ahead = roomAhead(config, languages)
  return createNamespacesDriver({
    program: SUPERVISOR_PROGRAM,
    slots: config.slots + config.interactive.slots + ahead,
    image: (id) => {
      const image = images.get(id)
      return image && { name: `${id}-${image.hash}`, layers: image.layers }
    },
    ...(config.warm && {
      warm: (id) => {
        const language = languages.find(id)
        return language && preparedCommand(language, config.limits)
      },
    }),
    log: (line) => logger.warn({ supervisor: line }, 'the supervisor says'),
  })
}

/** Each place has a uid of its own, of which images name so many; a few are spare. */
const MOST_PLACES = PROGRAM_IDS.last - PROGRAM_IDS.first + 1 - 4

/** Places for what is started ahead; none where executions leave no room, so that nobody ever waits for them. */
function roomAhead(config: Config, languages: LanguageRegistry): number {
  const places = config.warm ? placesAhead(languages.all, config.slots) : 0
  return config.slots + config.interactive.slots + places <= MOST_PLACES ? places : 0
}

/** Left to the machine and to the programs that run, whatever the budget says; never less than twice what executions need. */
const RESERVE_BYTES = 256 * 1_048_576

function startAhead(
  config: Config,
  languages: LanguageRegistry,
  images: ImageStore,
  driver: NamespacesDriver,
): StartedAhead {
  const { defaults, maximum } = config.limits
  return createAhead({
    driver,
    languages: languages.all,
    isInstalled: (id) => images.state(id) === 'ready',
    usualLimits: (language) => resolveLimits({ defaults, maximum, language }),
    cpus: { compile: config.cpusPerExecution, run: config.cpusPerExecution },
    budgetBytes: config.warmMemoryBytes,
    reserveBytes: Math.max(RESERVE_BYTES, 2 * config.memoryReserveBytes),
    slots: config.slots,
  })
}

function endingFirst(ahead: StartedAhead, driver: NamespacesDriver): Pick<NamespacesDriver, 'close'> {
  return {
    close: async () => {
      ahead.close()
      await driver.close()
    },
  }
}

/** Programs that fork servers could serve, by whether one did. */
function forkFigures({ warmCounts }: NamespacesDriver): WarmState['figures'] {
  return Array.from(warmCounts, ([language, { hits, misses }]) => ({ language, kind: 'fork', hits, misses }))
}

function sandboxCheck(driver: NamespacesDriver): ReadinessCheck {
  const ok = driver.supervisorPid !== undefined
  return { name: 'sandbox', ok, detail: ok ? 'running' : 'not running' }
}

function memoryCheck(memory: MemoryReserve): ReadinessCheck {
  const ok = memory.isKept()
  return { name: 'memory', ok, detail: ok ? 'enough' : 'too little is left for programs' }
}

/** Whether any language can be run at all. */
export function imagesCheck(languages: LanguageRegistry, images: ImageStore): ReadinessCheck {
  const ready = languages.all.filter(({ id }) => images.state(id) === 'ready').length
  return { name: 'languages', ok: ready > 0, detail: `${ready} of ${languages.all.length} ready` }
}
