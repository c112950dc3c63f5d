/** An image could not be built. `message` is one sentence for the operator, the log file's path included. */
export class ImageBuildError extends Error {
  override readonly name = 'ImageBuildError'
}
