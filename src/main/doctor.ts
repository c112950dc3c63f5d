/** `codeexec doctor`: what this host can enforce and what is missing, one line each. */
import { statfs } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { loadConfig } from '../config/load-config.js'
import type { Config } from '../config/variables.js'
import { FileImageStore } from '../images/file-image-store.js'
import type { ImageStore } from '../images/image-store.js'
import { planImages } from '../images/recipe.js'
import type { ImagePlan } from '../images/recipe.js'
import { loadLanguages } from '../languages/registry.js'
import type { LanguageRegistry } from '../languages/registry.js'
import type { DriverCheck, DriverReport } from '../sandbox/driver.js'
import { createNamespacesDriver } from '../sandbox/drivers/namespaces/driver.js'
import { dockerDriver, dockerImages } from './docker-backend.js'
import { offeredLanguages } from './offered-languages.js'
import { SUPERVISOR_PROGRAM, packageVersion } from './places.js'

const MEBIBYTE = 2 ** 20
/** Below this a build of an image fails half-way. */
const DISK_MINIMUM_BYTES = 1024 * MEBIBYTE

/** Prints the report; resolves with the exit code: 0 when programs can run here. */
export async function doctor(write: (line: string) => void): Promise<number> {
  const config = loadConfig()
  const all = await loadLanguages()
  const plan = planImages(all.all)
  const languages = offeredLanguages(all, config.languages)
  const { report, images } =
    config.sandbox === 'docker' ? await examineEngine(config, plan) : await examineHost(config, plan)
  const checks = [
    ...hostChecks(config),
    ...report.checks,
    await diskCheck(config),
    ...imageChecks(config, languages, images),
  ]
  for (const check of checks) write(doctorLine(check))
  const missing = checks.filter(({ ok, required }) => !ok && required)
  write(
    missing.length === 0
      ? 'Programs can run here.'
      : `Programs cannot run here until this is mended: ${missing.map(({ name }) => name).join(', ')}.`,
  )
  return missing.length === 0 ? 0 : 1
}

/** One line: how it stands, what was looked at, what was found. */
export function doctorLine({ name, ok, required, detail }: DriverCheck): string {
  const state = ok ? 'ok' : required ? 'MISSING' : 'note'
  return `${state.padEnd(8)}${name.padEnd(18)} ${detail}`
}

function fact(name: string, detail: string): DriverCheck {
  return { name, ok: true, required: false, detail }
}

function hostChecks({ slots, limits }: Config): readonly DriverCheck[] {
  const memoryBytes = os.totalmem()
  const wantedBytes = slots * limits.defaults.run.memoryBytes
  return [
    fact('codeexec', `${packageVersion()} on Node ${process.versions.node}`),
    fact('kernel', `${os.type()} ${os.release()} on ${os.machine()}`),
    fact('processors', `${os.availableParallelism()}; ${slots} programs run at once`),
    {
      name: 'memory',
      ok: memoryBytes >= wantedBytes,
      required: false,
      detail: `${mebibytes(memoryBytes)} in all; ${slots} programs at their default limit use ${mebibytes(wantedBytes)}`,
    },
  ]
}

async function diskCheck({ dataDirectory }: Config): Promise<DriverCheck> {
  const { bavail, bsize } = await statfsOfNearest(dataDirectory)
  const freeBytes = bavail * bsize
  const ok = freeBytes >= DISK_MINIMUM_BYTES
  const advice = ok ? '' : '; free some, or set CODEEXEC_DATA_DIR to a folder on a larger disk'
  return {
    name: 'disk',
    ok,
    required: true,
    detail: `${mebibytes(freeBytes)} free in ${dataDirectory}${advice}`,
  }
}

/** Of the folder itself or, while it does not exist, of the one it will be made in. */
async function statfsOfNearest(folder: string): Promise<{ bavail: number; bsize: number }> {
  try {
    return await statfs(folder)
  } catch (error) {
    const parent = path.dirname(folder)
    if (parent === folder) throw error
    return statfsOfNearest(parent)
  }
}

interface Examined {
  readonly report: DriverReport
  readonly images: ImageStore
}

async function examineHost(config: Config, plan: ImagePlan): Promise<Examined> {
  const driver = createNamespacesDriver({
    program: SUPERVISOR_PROGRAM,
    slots: config.slots,
    image: () => undefined,
  })
  const images = new FileImageStore({ dataDirectory: config.dataDirectory, plan })
  return { report: await driver.probe(), images }
}

async function examineEngine(config: Config, plan: ImagePlan): Promise<Examined> {
  const { store } = dockerImages(config, plan)
  // An engine that does not answer is the report's first line; then it has no images either.
  await store.refresh().catch(() => undefined)
  const driver = dockerDriver(config, store, () => undefined)
  try {
    return { report: await driver.probe(), images: store }
  } finally {
    await driver.close()
  }
}

function imageChecks(
  { sandbox }: Config,
  languages: LanguageRegistry,
  images: ImageStore,
): readonly DriverCheck[] {
  const option = sandbox === 'docker' ? '--driver docker ' : ''
  return languages.all.map(({ id, name }) => {
    const image = images.get(id)
    const absent = `${name}: ${images.state(id)}; codeexec images build ${option}${id} makes it, and so does codeexec serve`
    const detail = image ? `${name} ${image.version}` : absent
    return { name: `image ${id}`, ok: image !== undefined, required: false, detail }
  })
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / MEBIBYTE)} MiB`
}
