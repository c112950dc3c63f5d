/** Which languages' images an engine has; asked for now and then, so that answers need not wait. */
import type Docker from 'dockerode'
import type { ImageState, ImageStore, ReadyImage } from '../image-store.js'
import type { ImagePlan, PlannedImage } from '../recipe.js'
import { IMAGE_LABEL } from './names.js'
import type { ImageNames } from './names.js'

export class DockerImageStore implements ImageStore {
  readonly #docker: Docker
  readonly #names: ImageNames
  readonly #languages: ReadonlyMap<string, PlannedImage>
  #ready: ReadonlyMap<string, ReadyImage> = new Map()
  readonly #expected = new Set<string>()

  constructor(docker: Docker, names: ImageNames, plan: ImagePlan) {
    this.#docker = docker
    this.#names = names
    this.#languages = new Map(plan.languages.map((image) => [image.id, image]))
  }

  /** Asks the engine what is there. While it does not answer, what was there last still counts. */
  async refresh(): Promise<void> {
    const images = await this.#docker.listImages({ filters: { label: [IMAGE_LABEL.id] } })
    const found = new Map(
      images.flatMap(({ Id, RepoTags, Labels }) =>
        (RepoTags ?? []).map((tag) => [tag, { copy: Id, version: Labels?.[IMAGE_LABEL.version] }] as const),
      ),
    )
    const ready = new Map<string, ReadyImage>()
    for (const [id, image] of this.#languages) {
      const { version, copy } = found.get(this.#names.name(image)) ?? {}
      if (version === undefined || copy === undefined) continue
      ready.set(id, { id, hash: this.#names.tag(image), layers: [], version, copy })
    }
    this.#ready = ready
  }

  /** Says which images will be made, so that they count as installing until they are ready or given up. */
  expect(ids: readonly string[]): void {
    this.#expected.clear()
    for (const id of ids) this.#expected.add(id)
  }

  state(id: string): ImageState {
    if (this.#ready.has(id)) return 'ready'
    return this.#expected.has(id) ? 'installing' : 'absent'
  }

  get(id: string): ReadyImage | undefined {
    return this.#ready.get(id)
  }

  /** The name that the engine knows a ready language's image by. */
  imageName(id: string): string | undefined {
    const image = this.#languages.get(id)
    return image && this.#ready.has(id) ? this.#names.name(image) : undefined
  }

  /** Any image of ours, for looking at what a container of it sees. */
  firstImageName(): string | undefined {
    const [id] = this.#ready.keys()
    return id === undefined ? undefined : this.imageName(id)
  }
}
