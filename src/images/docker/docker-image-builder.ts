/** Builds in an engine what the recipes name and is not there yet; one build at a time, with a word on each step. */
import { setTimeout as delay } from 'node:timers/promises'
import type Docker from 'dockerode'
import type { BuildProgress } from '../build-context.js'
import { ImageBuildError } from '../build-error.js'
import { layersOf } from '../recipe.js'
import type { FolderOf, ImagePlan, PlannedImage } from '../recipe.js'
import type { LanguageDefinition } from '../../languages/define-language.js'
import { languageFolder } from '../../languages/registry.js'
import { withContext } from './context-folder.js'
import { VERSION_PATH, baseDockerfile, labelDockerfile, languageDockerfile } from './dockerfile.js'
import { followAnswer } from './engine-answer.js'
import type { ImageNames } from './names.js'

const REMOVAL_ATTEMPTS = 10
const REMOVAL_BACKOFF_MS = 100
const VERSION_PATIENCE_MS = 60_000
/** Docker's names of processors → Debian's. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x86_64: 'amd64', aarch64: 'arm64' }

export interface DockerBuilderOptions {
  readonly docker: Docker
  readonly plan: ImagePlan
  readonly names: ImageNames
  /** The compiled agent. */
  readonly agentProgram: string
  /** Network mode of builds, which fetch packages; the engine's default when undefined. */
  readonly network?: string | undefined
  /** Tried before an image is built, where images come from a registry. */
  readonly pullFirst?: boolean
  readonly onProgress?: (progress: BuildProgress) => void
  readonly folderOf?: FolderOf
}

export type DockerBuildReport =
  | { readonly id: string; readonly outcome: 'built' | 'pulled' | 'present' }
  | { readonly id: string; readonly outcome: 'failed'; readonly message: string }

export class DockerImageBuilder {
  readonly #options: DockerBuilderOptions

  constructor(options: DockerBuilderOptions) {
    this.#options = options
  }

  /** Has these languages' images, and what they stand on, in the engine; one that fails does not stop the others. */
  async buildAll(ids: readonly string[], signal?: AbortSignal): Promise<DockerBuildReport[]> {
    const { plan } = this.#options
    const wanted = plan.languages.filter(({ id }) => ids.includes(id))
    const needed = plan.languages.filter((image) => wanted.some((one) => layersOf(one).includes(image)))
    const failures = new Map<PlannedImage, string>()
    const reports: DockerBuildReport[] = []
    for (const image of needed) {
      const report = await this.#obtain(image, failures, signal)
      signal?.throwIfAborted()
      if (report.outcome === 'failed') failures.set(image, report.message)
      reports.push(report)
    }
    return reports
  }

  async #obtain(
    image: PlannedImage,
    failures: ReadonlyMap<PlannedImage, string>,
    signal: AbortSignal | undefined,
  ): Promise<DockerBuildReport> {
    const { id } = image
    try {
      if (await this.isPresent(image)) return { id, outcome: 'present' }
      if (this.#options.pullFirst === true && (await this.#pull(image))) return { id, outcome: 'pulled' }
      const below = layersOf(image).toReversed().slice(0, -1)
      for (const parent of below) {
        const failure = failures.get(parent)
        if (failure !== undefined) return { id, outcome: 'failed', message: failure }
        if (!(await this.isPresent(parent))) await this.#build(parent, signal)
      }
      await this.#build(image, signal)
      this.#report(id, 'ready', 100)
      return { id, outcome: 'built' }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      this.#report(id, `failed: ${reason}`)
      return { id, outcome: 'failed', message: `The Docker image of ${id} could not be made: ${reason}` }
    }
  }

  async isPresent(image: PlannedImage): Promise<boolean> {
    try {
      await this.#options.docker.getImage(this.#options.names.name(image)).inspect()
      return true
    } catch (error) {
      if (error instanceof Error && 'statusCode' in error && error.statusCode === 404) return false
      throw error
    }
  }

  async #pull(image: PlannedImage): Promise<boolean> {
    try {
      this.#report(image.id, 'pulling')
      await followAnswer(await this.#options.docker.pull(this.#options.names.name(image)), () => undefined)
      return true
    } catch {
      // Nobody has pushed it yet, or the registry is away: it is built here.
      return false
    }
  }

  async #build(image: PlannedImage, signal: AbortSignal | undefined): Promise<void> {
    const { names } = this.#options
    const language = image.on?.language
    const dockerfile =
      image.on === null
        ? baseDockerfile(names.debianImage)
        : languageDockerfile(image.on.language, names.name(image.on.parent))
    const name = names.name(image)
    const unlabelled = language === undefined ? name : `${names.repository(image.id)}:unfinished`
    await this.#send(image, { dockerfile, name: unlabelled, language }, signal)
    if (language === undefined) return
    const version = await this.#askVersion(unlabelled, language)
    const labelled = labelDockerfile(unlabelled, image.id, image.hash, version)
    await this.#send(image, { dockerfile: labelled, name, language: undefined }, signal)
    await this.#options.docker.getImage(unlabelled).remove()
    this.#report(image.id, `version ${version}`)
  }

  async #send(
    image: PlannedImage,
    {
      dockerfile,
      name,
      language,
    }: {
      dockerfile: string
      name: string
      language: LanguageDefinition | undefined
    },
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { docker, agentProgram, network, folderOf } = this.#options
    const architecture = await this.#architecture()
    const context = {
      dockerfile,
      agentProgram,
      folderOf: folderOf ?? languageFolder,
      architecture,
      signal,
      ...(language !== undefined && { language }),
    }
    await withContext(context, async (archive) => {
      const answer = await docker.buildImage(archive, {
        t: name,
        forcerm: true,
        ...(network !== undefined && { networkmode: network }),
        ...(signal && { abortSignal: signal }),
      })
      await followAnswer(answer, (step) => this.#report(image.id, step))
    })
  }

  async #architecture(): Promise<string> {
    const { Architecture } = (await this.#options.docker.info()) as { Architecture: string }
    return ARCHITECTURES[Architecture] ?? Architecture
  }

  /** Reads in the image what its runtime said of itself. */
  async #askVersion(image: string, { version: { argv, pattern } }: LanguageDefinition): Promise<string> {
    const container = await this.#options.docker.createContainer({
      Image: image,
      Cmd: ['cat', VERSION_PATH],
      AttachStdout: true,
      AttachStderr: true,
      Tty: true,
      HostConfig: { NetworkMode: 'none', CapDrop: ['ALL'], Memory: 512 << 20, PidsLimit: 64 },
    })
    try {
      const stream = await container.attach({ stream: true, stdout: true, stderr: true })
      const patience = setTimeout(() => void container.kill().catch(() => undefined), VERSION_PATIENCE_MS)
      await container.start()
      let said = ''
      for await (const chunk of stream) said += String(chunk)
      clearTimeout(patience)
      const found = pattern.exec(said.replaceAll('\r', ''))?.[1]
      if (found === undefined)
        throw new ImageBuildError(`${argv.join(' ')} did not report a version: ${said.trim()}`)
      return found
    } finally {
      await removeVersionContainer(container)
    }
  }

  #report(id: string, message: string, percent?: number): void {
    this.#options.onProgress?.({ id, message, percent: percent ?? null })
  }
}

/** The engine may refuse while the container ends by itself; what it has forgotten is gone. */
async function removeVersionContainer(container: Docker.Container): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await container.remove({ force: true, v: true })
      return
    } catch (error) {
      if (error instanceof Error && 'statusCode' in error && error.statusCode === 404) return
      if (attempt === REMOVAL_ATTEMPTS) throw error
    }
    await delay(REMOVAL_BACKOFF_MS * attempt)
  }
}
