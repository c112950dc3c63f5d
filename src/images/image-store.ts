/** Where root filesystems come from. A driver asks for layers by language id; the api asks for states. */

/** `failed`: the image is there, and no program runs in it. */
export type ImageState = 'ready' | 'installing' | 'failed' | 'absent'

export interface ReadyImage {
  /** Language id. */
  readonly id: string
  /** Hash of everything that made the image; changes when the recipe changes. */
  readonly hash: string
  /** Read-only directories on the host, topmost first, to be stacked with overlayfs. */
  readonly layers: readonly string[]
  /** Version of the runtime as it reported itself when the image was built. */
  readonly version: string
  /** Tells this copy of the image from another of the same recipe; where a store cannot tell, its hash must do. */
  readonly copy?: string
}

/** How far the building of an image is. */
export interface Installation {
  /** What is being done, in words for people. */
  readonly step: string
  /** Of that step, from 0 to 1; null where nobody knows. */
  readonly fraction: number | null
}

export interface ImageStore {
  state(id: string): ImageState
  /** How far an image that is installing is. A store that does not see the building leaves it out. */
  installation?(id: string): Installation | undefined
  /** The image, or undefined unless it is ready. */
  get(id: string): ReadyImage | undefined
}
