import type { Server } from 'node:http'
import type { ImageStore } from '../images/image-store.js'
import type { LanguageRegistry } from '../languages/registry.js'
import type { PrepareImages } from './prepare-images.js'

/** One role, put together, as whoever starts and stops the process sees it. */
export interface Service {
  readonly http: {
    /** On `fd`, a socket that is bound already, where it is given. */
    listen(options: { readonly host: string; readonly port: number; readonly fd?: number }): Promise<unknown>
    readonly server: Server
  }
  readonly languages: LanguageRegistry
  /** Holds nothing large for any client just now; a service that never does may leave it out. */
  readonly isAtRest?: () => boolean
  readonly images: ImageStore
  /** How this process comes by its own images; absent where programs run elsewhere. */
  readonly prepareImages?: PrepareImages
  /** Called once, when every image is there or could not be made. */
  onImagesReady?(): Promise<void>
  /** Takes nothing new, lets what runs finish until the deadline, then closes everything. */
  stop(deadlineMs: number): Promise<void>
}
