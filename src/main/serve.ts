/** One service process from start to end: settings, listening, images, signals, exit code. */
import { ConfigError, loadConfig } from '../config/load-config.js'
import { VARIABLES } from '../config/variables.js'
import type { Config } from '../config/variables.js'
import { ServiceError } from '../contract/errors.js'
import type { BuildProgress } from '../images/build-context.js'
import { progressLine } from '../images/images-command.js'
import { createLogger } from '../observability/logger.js'
import type { Logger } from '../observability/logger.js'
import { SandboxError } from '../sandbox/driver.js'
import { AuthenticationError } from './authentication.js'
import { optimiseSooner, startHasEnded } from './engine.js'
import { giveMemoryBack } from './memory.js'
import { packageVersion } from './places.js'
import { RightsError, createRights } from './rights.js'
import type { Rights } from './rights.js'
import type { Service } from './service.js'
import { onShutdownSignals } from './shutdown.js'
import { StartError } from './start-error.js'

/** After the drain's deadline: time for last answers to reach slow clients. */
const CLOSE_PATIENCE_MS = 5000

/** Tells people on a terminal in words, and everything else in the log. */
type Announce = (line: string) => void

/** What each role is made by. A role loads what it needs: clients of databases and engines are tens of MiB each. */
const ROLES = {
  all: async () => (await import('./all-in-one.js')).createAllInOne,
  api: async () => (await import('./api-role.js')).createApiRole,
  worker: async () => (await import('./worker-role.js')).createWorkerRole,
} as const

/** Starts the service and returns once it listens; from then on signals end it. `role` wins over the settings. */
export async function serve(role?: keyof typeof ROLES): Promise<void> {
  optimiseSooner()
  const config = readConfig(role)
  const logger = createLogger({ level: config.logLevel, fields: { role: config.role } })
  const announce: Announce = process.stderr.isTTY
    ? (line) => process.stderr.write(`${line}\n`)
    : (line) => logger.info(line)
  dieOfUnexpectedErrors(logger)

  const createService = await ROLES[config.role]()
  const rights = readRights(config, logger)
  const service = await createService(config, logger, rights).catch(explainStart)
  const building = new AbortController()
  onShutdownSignals(process, {
    drain: (signal) => {
      announce(`${signal}: finishing what runs; the same signal again ends it at once`)
      building.abort()
      void drainAndExit(service, config, logger)
    },
    force: (signal) => {
      logger.warn({ signal }, 'ended without waiting')
      // The supervisor hears its socket close and takes every sandbox with it.
      process.exit(1)
    },
  })
  await listen(service, config, rights.socket)
  startHasEnded()
  giveMemoryBack(() => service.isAtRest?.() ?? true)
  const what = config.role === 'all' ? 'serves' : `serves as ${config.role}`
  announce(`codeexec ${packageVersion()} ${what} on ${addressOf(service)} (${readyLanguages(service)})`)
  void buildMissingImages(service, building.signal, announce, logger).then(() =>
    building.signal.aborted ? undefined : service.onImagesReady?.(),
  )
}

function readConfig(role: string | undefined): Config {
  try {
    return loadConfig(role === undefined ? {} : { env: { ...process.env, [VARIABLES.role.name]: role } })
  } catch (error) {
    throw error instanceof ConfigError ? new StartError(error.message, { cause: error }) : error
  }
}

function readRights(config: Config, logger: Logger): Rights {
  try {
    return createRights(config, logger)
  } catch (error) {
    throw error instanceof RightsError ? new StartError(error.message, { cause: error }) : error
  }
}

function explainStart(error: unknown): never {
  if (error instanceof SandboxError) {
    const reason = `Sandboxes cannot be made here: ${error.message}; codeexec doctor says what is missing.`
    throw new StartError(reason, { cause: error })
  }
  if (error instanceof RightsError) throw new StartError(error.message, { cause: error })
  if (error instanceof AuthenticationError) throw new StartError(error.message, { cause: error })
  if (error instanceof ServiceError)
    throw new StartError(`CODEEXEC_LANGUAGES: ${error.message}`, { cause: error })
  throw error
}

const LISTEN_REFUSALS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use; stop what listens there, or choose another with PORT',
  EACCES: 'may not be used by this user; choose one above 1023 with PORT',
  EADDRNOTAVAIL: 'cannot be used, as no interface has this address; choose another with HOST',
  ENOTFOUND: 'cannot be used, as there is no such host; choose another with HOST',
}

async function listen(service: Service, { host, port }: Config, fd?: number): Promise<void> {
  try {
    await service.http.listen({ host, port, ...(fd !== undefined && { fd }) })
  } catch (error) {
    await service.stop(0)
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    const refusal = LISTEN_REFUSALS[code]
    throw refusal === undefined
      ? error
      : new StartError(`Port ${port} of ${host} ${refusal}.`, { cause: error })
  }
}

function addressOf({ http }: Service): string {
  const address = http.server.address()
  if (address === null || typeof address === 'string') return String(address)
  return `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`
}

function readyLanguages({ languages, images }: Service): string {
  const ready = languages.all.filter(({ id }) => images.state(id) === 'ready').length
  return `${ready} of ${languages.all.length} languages ready`
}

async function buildMissingImages(
  service: Service,
  signal: AbortSignal,
  announce: Announce,
  logger: Logger,
): Promise<void> {
  const { languages, prepareImages } = service
  if (prepareImages === undefined) return
  try {
    const problems = await prepareImages({
      languages: languages.all.map(({ id }) => id),
      onProgress: progressAnnouncer(announce),
      signal,
    })
    for (const problem of problems) logger.error(problem)
  } catch (error) {
    if (!signal.aborted) logger.error({ err: error }, 'images could not be built')
  }
}

/** On a terminal every percent, in a log each new step. */
function progressAnnouncer(announce: Announce): (progress: BuildProgress) => void {
  let lastStep = ''
  return (progress) => {
    const step = progressLine({ ...progress, percent: null })
    if (process.stderr.isTTY || step !== lastStep) announce(progressLine(progress))
    lastStep = step
  }
}

async function drainAndExit(service: Service, config: Config, logger: Logger): Promise<void> {
  const { drainDeadlineMs } = config.queue
  setTimeout(() => {
    logger.warn('a client did not take its answer in time')
    process.exit(1)
  }, drainDeadlineMs + CLOSE_PATIENCE_MS).unref()
  try {
    await service.stop(drainDeadlineMs)
    process.exit(0)
  } catch (error) {
    logger.error({ err: error }, 'the service did not stop cleanly')
    process.exit(1)
  }
}

/** Nothing is known of the state any more; whoever supervises this process starts it again. */
function dieOfUnexpectedErrors(logger: Logger): void {
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error) => {
      logger.fatal({ err: error }, 'ended by an unexpected error')
      process.exit(1)
    })
  }
}
