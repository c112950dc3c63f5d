/** The folder that a Docker build is given: the Dockerfile, the agent, and the files that a recipe adds. */
import { execFile, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmod, copyFile, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import type { LanguageDefinition, NpmBinary } from '../../languages/define-language.js'
import { ImageBuildError } from '../build-error.js'
import { copyIntoLayer, makeLayerFolder } from '../layer-files.js'
import type { FolderOf } from '../recipe.js'
import { CONTEXT } from './dockerfile.js'

const COMMAND_TIMEOUT_MS = 10 * 60_000

export interface ContextOptions {
  readonly dockerfile: string
  readonly agentProgram: string
  readonly language?: LanguageDefinition
  readonly folderOf: FolderOf
  /** Processor architecture of the engine, as Debian names it. */
  readonly architecture: string
  readonly signal: AbortSignal | undefined
}

/** Makes the folder, hands it to `use` as a tar archive, removes it. */
export async function withContext<T>(
  options: ContextOptions,
  use: (archive: Readable) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'codeexec-build-'))
  try {
    await writeFile(path.join(folder, 'Dockerfile'), options.dockerfile)
    await copyFile(options.agentProgram, path.join(folder, CONTEXT.agent)).catch((cause: unknown) => {
      throw new ImageBuildError(`${options.agentProgram} is missing; build it with: make -C native`, {
        cause,
      })
    })
    await chmod(path.join(folder, CONTEXT.agent), 0o555)
    if (options.language) await addFiles(options, options.language, path.join(folder, CONTEXT.files))
    const tar = spawn('tar', ['--create', '--owner=0', '--group=0', '--numeric-owner', '.'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return await use(tar.stdout)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function addFiles(
  { folderOf, architecture, signal }: ContextOptions,
  language: LanguageDefinition,
  root: string,
): Promise<void> {
  await makeLayerFolder(root)
  for (const [target, source] of Object.entries(language.image.files ?? {})) {
    await copyIntoLayer(path.join(folderOf(language.id), source), root, target)
  }
  for (const [key, binary] of Object.entries(language.image.npm ?? {}))
    await addNpmBinary(root, key, binary, architecture, signal)
}

async function addNpmBinary(
  root: string,
  key: string,
  binary: NpmBinary,
  architecture: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const source = binary.packages[architecture]
  if (!source) throw new ImageBuildError(`${key} ${binary.version} is not offered for ${architecture}`)
  const exact = `${source.name}@${binary.version}`
  const download = await mkdtemp(path.join(tmpdir(), 'codeexec-npm-'))
  try {
    await run(
      ['npm', 'pack', exact, '--ignore-scripts', '--loglevel=warn', `--pack-destination=${download}`],
      signal,
    )
    const [archive] = await readdir(download)
    if (archive === undefined) throw new ImageBuildError(`npm brought no archive of ${exact}`)
    const file = path.join(download, archive)
    const integrity = `sha512-${createHash('sha512')
      .update(await readFile(file))
      .digest('base64')}`
    if (integrity !== source.integrity)
      throw new ImageBuildError(`${exact} is not what the recipe names: its integrity is ${integrity}`)
    const target = path.join(root, 'opt', key)
    await makeLayerFolder(target)
    // Every npm archive holds one top folder; tar itself refuses names that lead outside the target.
    const safely = ['--no-same-owner', '--no-same-permissions', '--strip-components=1']
    await run(['tar', '--extract', '--gzip', ...safely, `--file=${file}`, `--directory=${target}`], signal)
    const links = path.join(root, 'usr/local/bin')
    await makeLayerFolder(links)
    for (const name of await readdir(path.join(target, 'bin')))
      await symlink(path.posix.join('/opt', key, 'bin', name), path.join(links, name))
  } finally {
    await rm(download, { recursive: true, force: true })
  }
}

async function run(
  [program, ...args]: readonly [string, ...string[]],
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await promisify(execFile)(program, args, { timeout: COMMAND_TIMEOUT_MS, ...(signal && { signal }) })
  } catch (cause) {
    throw new ImageBuildError(`${program} ${args[0] ?? ''} failed: ${(cause as Error).message}`, { cause })
  }
}
