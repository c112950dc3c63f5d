/** What images are called in an engine and a registry: by everything that makes them, so that no name ever changes its meaning. */
import { createHash } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import type { PlannedImage } from '../recipe.js'

/** Changes when the Dockerfiles make something else of the same recipe. */
const DOCKERFILE_REVISION = 2

/** On every image of ours: its language id, the hash of its recipe, the version its runtime reports. */
export const IMAGE_LABEL = {
  id: 'io.codeexec.image',
  hash: 'io.codeexec.hash',
  version: 'io.codeexec.version',
}

const REFERENCE = /^[a-z0-9][a-z0-9._-]*(?::\d+)?(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/u

export interface ImageNaming {
  /** `registry.example.com/team`; undefined where images stay in the engine that builds them. */
  readonly registry: string | undefined
  /** What the base image is made from. */
  readonly debianImage: string
  /** Hash of what the agent is compiled from. */
  readonly agentHash: string
}

export class ImageNames {
  readonly debianImage: string
  /** Where images come from and go to, beside the engine itself. */
  readonly registry: string | undefined
  readonly #naming: ImageNaming

  constructor(naming: ImageNaming) {
    if (naming.registry !== undefined && !REFERENCE.test(naming.registry))
      throw new Error(
        `${naming.registry} cannot be a registry; it is a host and path such as registry.example.com/team`,
      )
    this.#naming = naming
    this.debianImage = naming.debianImage
    this.registry = naming.registry
  }

  /** `codeexec/python`, with the registry before it where there is one. */
  repository(id: string): string {
    const { registry } = this.#naming
    return `${registry === undefined ? '' : `${registry}/`}codeexec/${id}`
  }

  tag(image: PlannedImage): string {
    const { debianImage, agentHash } = this.#naming
    return createHash('sha256')
      .update(JSON.stringify([DOCKERFILE_REVISION, image.hash, debianImage, agentHash]))
      .digest('hex')
      .slice(0, 16)
  }

  name(image: PlannedImage): string {
    return `${this.repository(image.id)}:${this.tag(image)}`
  }
}

/** Hash of the agent's sources, the same on every machine of one version. */
export function agentSourcesHash(nativeFolder: string): string {
  const hash = createHash('sha256')
  for (const folder of ['container', 'src']) {
    for (const name of readdirSync(path.join(nativeFolder, folder)).toSorted()) {
      if (!/\.[ch]$/u.test(name)) continue
      hash.update(`${folder}/${name}\0`).update(readFileSync(path.join(nativeFolder, folder, name)))
    }
  }
  return hash.digest('hex')
}
