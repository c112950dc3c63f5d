/** Programs in namespaces of this host: the supervisor, images on disk, and what is started ahead of requests. */
import { createAhead } from '../ahead/create-ahead.js'
import type { StartedAhead } from '../ahead/create-ahead.js'
import type { ReadinessCheck } from '../api/dependencies.js'
import type { Config } from '../config/variables.js'
import { FileImageStore } from '../images/file-image-store.js'
import type { ImageStore } from '../images/image-store.js'
import { resolveLimits } from '../languages/limits.js'
import type { LanguageRegistry } from '../languages/registry.js'
import { preparedCommand } from '../languages/warm.js'
import { thisMachine } from '../machine/machine.js'
import type { Logger } from '../observability/logger.js'
import type { WarmState } from '../observability/metrics/warm.js'
import { createNamespacesDriver } from '../sandbox/drivers/namespaces/driver.js'
import type { NamespacesDriver } from '../sandbox/drivers/namespaces/driver.js'
import type { Backend, BackendOptions } from './backend.js'
import { startBuilderProcess } from './builder-process.js'
import type { BuilderProcess } from './builder-process.js'
import { SUPERVISOR_PROGRAM } from './places.js'
import { buildHere, prepareImages } from './prepare-images.js'
import type { ProgramPlaces } from './program-places.js'

/** Left to the machine and to the programs that run, whatever the budget says; never less than twice what executions need. */
const RESERVE_BYTES = 256 * 1_048_576

/** Rejects with SandboxError where this host has no sandboxes. */
export async function startNamespacesBackend(
  config: Config,
  { languages, plan, places, logger, metrics, rights }: BackendOptions,
): Promise<Backend> {
  const { dataDirectory } = config
  const images = new FileImageStore({ dataDirectory, plan })
  const driver = createDriver(config, places, images, languages, logger)
  await driver.start()
  const builder = rights.willDrop ? startBuilderIfNeeded(config, images, languages) : undefined
  rights.giveUp()
  metrics.watchSupervisor(() => ({
    pid: driver.supervisorPid,
    restarts: driver.supervisorRestarts,
    longestTurnMs: () => driver.supervisorLongestTurnMs(),
  }))
  // Ahead of the first request; whatever is not ready yet is prepared with its first.
  await driver.prepare(languages.all.map(({ id }) => id).filter((id) => images.get(id) !== undefined))
  const ahead = places.ahead > 0 ? startAhead(config, languages, images, driver) : undefined
  return {
    driver,
    images,
    ...(ahead && { ahead }),
    warmState: () => ({
      figures: [...startFigures(driver), ...(ahead?.figures() ?? [])],
      memoryBytes: ahead?.memoryBytes ?? 0,
    }),
    check: () => sandboxCheck(driver),
    prepareImages: (preparation) =>
      prepareImages(
        { store: images, build: builder?.build ?? buildHere({ dataDirectory, plan }) },
        preparation,
      ),
    close: async () => {
      ahead?.close()
      builder?.close()
      await driver.close()
    },
  }
}

/** An image as the driver names and stacks it. */
export function namespacesImage(
  images: ImageStore,
  id: string,
): { readonly name: string; readonly layers: readonly string[] } | undefined {
  const image = images.get(id)
  return image && { name: `${id}-${image.hash}`, layers: image.layers }
}

/** While this process is root: afterwards it could start none. It ends when it has built. */
function startBuilderIfNeeded(
  { dataDirectory }: Config,
  images: ImageStore,
  languages: LanguageRegistry,
): BuilderProcess | undefined {
  const isComplete = languages.all.every(({ id }) => images.get(id) !== undefined)
  return isComplete ? undefined : startBuilderProcess(dataDirectory)
}

function createDriver(
  config: Config,
  { programs, ahead, standby }: ProgramPlaces,
  images: ImageStore,
  languages: LanguageRegistry,
  logger: Logger,
): NamespacesDriver {
  return createNamespacesDriver({
    program: SUPERVISOR_PROGRAM,
    slots: programs + ahead,
    standby,
    image: (id) => namespacesImage(images, id),
    renewalMs: config.warmRenewalMs,
    ...(config.warm && {
      warm: (id) => {
        const language = languages.find(id)
        return language && preparedCommand(language, config.limits)
      },
    }),
    log: (line) => logger.warn({ supervisor: line }, 'the supervisor says'),
    onGuardLost: () => {
      logger.fatal('what starts supervisors has ended, and only root can start it again')
      process.exit(1)
    },
  })
}

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
    availableBytes: thisMachine().availableBytes,
    slots: config.slots,
  })
}

type Counts = NamespacesDriver['warmCounts']

const figures = (kind: string, counts: Counts): WarmState['figures'] =>
  Array.from(counts, ([language, { hits, misses }]) => ({ language, kind, hits, misses }))

/** Programs that fork servers could serve, and those that a sandbox made ahead could, by whether one did. */
const startFigures = ({ warmCounts, standbyCounts }: NamespacesDriver): WarmState['figures'] => [
  ...figures('fork', warmCounts),
  ...figures('standby', standbyCounts),
]

function sandboxCheck(driver: NamespacesDriver): ReadinessCheck {
  const ok = driver.supervisorPid !== undefined
  const weakness = driver.supervisorInfo?.weakness
  const running = weakness ? `running; ${weakness}` : 'running'
  return { name: 'sandbox', ok, detail: ok ? running : 'not running' }
}
