/** One way to run programs, with the images that it runs them in: namespaces of this host, or a Docker Engine. */
import type { StartedAhead } from '../ahead/create-ahead.js'
import type { ReadinessCheck } from '../api/dependencies.js'
import type { ImageStore } from '../images/image-store.js'
import type { ImagePlan } from '../images/recipe.js'
import type { LanguageRegistry } from '../languages/registry.js'
import type { Logger } from '../observability/logger.js'
import type { Metrics } from '../observability/metrics/metrics.js'
import type { WarmState } from '../observability/metrics/warm.js'
import type { SandboxDriver } from '../sandbox/driver.js'
import type { PrepareImages } from './prepare-images.js'
import type { ProgramPlaces } from './program-places.js'
import type { Rights } from './rights.js'

export interface Backend {
  readonly driver: SandboxDriver
  readonly images: ImageStore
  /** Compilers and runtimes that were started before anybody asked; absent where this backend has none. */
  readonly ahead?: StartedAhead
  warmState(): WarmState
  check(): ReadinessCheck
  readonly prepareImages: PrepareImages
  /** Ends everything that runs. */
  close(): Promise<void>
}

export interface BackendOptions {
  /** Those that this service offers. */
  readonly languages: LanguageRegistry
  readonly plan: ImagePlan
  readonly places: ProgramPlaces
  readonly logger: Logger
  readonly metrics: Pick<Metrics, 'watchSupervisor' | 'watchStuckContainers'>
  /** To be given up before the backend hears anybody. */
  readonly rights: Rights
}
