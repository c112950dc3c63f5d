/** Where root filesystems come from. A driver asks for layers by language id; the api asks for states. */
export type ImageState = 'ready' | 'installing' | 'absent'

export interface ReadyImage {
  /** Language id. */
  readonly id: string
  /** Hash of everything that made the image; changes when the recipe changes. */
  readonly hash: string
  /** Read-only directories on the host, topmost first, to be stacked with overlayfs. */
  readonly layers: readonly string[]
  /** Version of the runtime as it reported itself when the image was built. */
  readonly version: string
}

export interface ImageStore {
  state(id: string): ImageState
  /** The image, or undefined unless it is ready. */
  get(id: string): ReadyImage | undefined
}
