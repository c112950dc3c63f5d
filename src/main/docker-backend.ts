/** Programs in containers of a Docker Engine: the driver, the engine's images, and what keeps both in step. */
import type Docker from 'dockerode'
import type { Config } from '../config/variables.js'
import { planExecution } from '../execution/plan.js'
import { sampleRequest } from '../execution/prove-image.js'
import { DockerImageBuilder } from '../images/docker/docker-image-builder.js'
import { DockerImageStore } from '../images/docker/docker-image-store.js'
import { ImageNames, agentSourcesHash } from '../images/docker/names.js'
import type { BuildProgress } from '../images/build-context.js'
import type { ImagePlan } from '../images/recipe.js'
import { resolveLimits } from '../languages/limits.js'
import type { LanguageDefinition } from '../languages/define-language.js'
import { createDockerDriver } from '../sandbox/drivers/docker/driver.js'
import type { DockerDriver } from '../sandbox/drivers/docker/driver.js'
import { connectEngine } from '../sandbox/drivers/docker/engine.js'
import type { Backend, BackendOptions } from './backend.js'
import { AGENT_PROGRAM, NATIVE_FOLDER } from './places.js'

/** How often the engine is asked whether it is there, and which images it has. */
const LOOK_INTERVAL_MS = 5000

/** Everything about images that needs an engine. */
export interface DockerImages {
  readonly docker: Docker
  readonly names: ImageNames
  readonly store: DockerImageStore
  readonly builder: (onProgress: (progress: BuildProgress) => void) => DockerImageBuilder
}

export function dockerImages({ docker: settings }: Config, plan: ImagePlan): DockerImages {
  const docker = connectEngine(settings)
  const names = new ImageNames({
    registry: settings.registry,
    debianImage: settings.baseImage,
    agentHash: agentSourcesHash(NATIVE_FOLDER),
  })
  const builder = (onProgress: (progress: BuildProgress) => void): DockerImageBuilder =>
    new DockerImageBuilder({
      docker,
      plan,
      names,
      agentProgram: AGENT_PROGRAM,
      network: settings.buildNetwork,
      pullFirst: settings.registry !== undefined,
      onProgress,
    })
  return { docker, names, store: new DockerImageStore(docker, names, plan), builder }
}

/** The driver alone, as `doctor` needs it too. */
export function dockerDriver(
  config: Config,
  store: DockerImageStore,
  log: (line: string) => void,
): DockerDriver {
  const { host, certificates, runtime, pool } = config.docker
  return createDockerDriver({
    host,
    certificates,
    runtime,
    pool: config.warm ? pool : 0,
    image: (id) => store.imageName(id),
    probeImage: () => store.firstImageName(),
    log,
  })
}

/** Rejects with SandboxError where there is no engine. */
export async function startDockerBackend(
  config: Config,
  { languages, plan, logger, metrics, rights }: BackendOptions,
): Promise<Backend> {
  const images = dockerImages(config, plan)
  const { store } = images
  const driver = dockerDriver(config, store, (line) =>
    logger.warn({ docker: line }, 'the Docker driver says'),
  )
  // An engine's certificates have been read; its socket is reached through its group.
  rights.giveUp()
  await driver.start()
  metrics.watchStuckContainers(() => driver.stuckContainers)
  await store.refresh()
  const expected = new Set<string>()
  const expectReady = (): void => {
    for (const language of languages.all) {
      if (expected.has(language.id) || store.get(language.id) === undefined) continue
      expected.add(language.id)
      expectLanguage(driver, language, config)
    }
  }
  expectReady()
  let isUp = true
  const look = setInterval(() => {
    store.refresh().then(
      () => {
        isUp = true
        expectReady()
      },
      () => {
        isUp = false
      },
    )
  }, LOOK_INTERVAL_MS)
  look.unref()
  return {
    driver,
    images: store,
    warmState: () => ({
      figures: Array.from(driver.poolCounts, ([language, counts]) => ({
        language,
        kind: 'container',
        ...counts,
      })),
      memoryBytes: 0,
    }),
    close: () => {
      clearInterval(look)
      return driver.close()
    },
    check: () => {
      const ok = isUp && driver.isUp
      return { name: 'sandbox', ok, detail: ok ? 'running' : 'the Docker Engine does not answer' }
    },
    prepareImages: async ({ languages: ids, onProgress, signal }) => {
      const missing = ids.filter((id) => store.get(id) === undefined)
      if (missing.length === 0) return []
      store.expect(missing)
      try {
        const reports = await images.builder(onProgress).buildAll(missing, signal)
        await store.refresh()
        expectReady()
        return reports.flatMap((report) => (report.outcome === 'failed' ? [report.message] : []))
      } finally {
        store.expect([])
      }
    },
  }
}

/** Has a container ready for each stage of a program with this language's own limits. */
function expectLanguage(driver: DockerDriver, language: LanguageDefinition, config: Config): void {
  const { sandbox, stages } = planExecution(
    language,
    sampleRequest(language, resolveLimits({ ...config.limits, language })),
    { compile: config.cpusPerExecution, run: config.cpusPerExecution },
  )
  for (const { command } of stages) driver.expect({ ...sandbox, limits: command.limits }, 1)
}
