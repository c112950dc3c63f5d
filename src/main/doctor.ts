/** `codeexec doctor`: what this host can enforce and what is missing, one line each. */
import { statfs } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { loadConfig } from '../config/load-config.js'
import type { Config } from '../config/variables.js'
import { FileImageStore } from '../images/file-image-store.js'
import { proveImage } from '../execution/prove-image.js'
import type { ImageStore, ReadyImage } from '../images/image-store.js'
import { planImages } from '../images/recipe.js'
import type { ImagePlan } from '../images/recipe.js'
import { resolveLimits } from '../languages/limits.js'
import { loadLanguages } from '../languages/registry.js'
import type { LanguageRegistry } from '../languages/registry.js'
import { thisMachine } from '../machine/machine.js'
import type { Machine } from '../machine/machine.js'
import type { DriverCheck, DriverReport, SandboxDriver } from '../sandbox/driver.js'
import { createNamespacesDriver } from '../sandbox/drivers/namespaces/driver.js'
import { dockerDriver, dockerImages } from './docker-backend.js'
import { namespacesImage } from './namespaces-backend.js'
import { offeredLanguages } from './offered-languages.js'
import { SUPERVISOR_PROGRAM, packageVersion } from './places.js'
import { planDrop } from './rights.js'

const MEBIBYTE = 2 ** 20
/** Threads of Node and of compilers started ahead, keepers and fork servers: about as many. */
const OWN_PROCESSES = 200
/** Below this a build of an image fails half-way. */
const DISK_MINIMUM_BYTES = 1024 * MEBIBYTE

/** Prints the report; resolves with the exit code: 0 when programs can run here. */
export async function doctor(write: (line: string) => void): Promise<number> {
  const config = loadConfig()
  const all = await loadLanguages()
  const plan = planImages(all.all)
  const languages = offeredLanguages(all, config.languages)
  const { report, images, trials } =
    config.sandbox === 'docker'
      ? await examineEngine(config, plan, languages)
      : await examineHost(config, plan, languages)
  const checks = [
    ...hostChecks(config),
    rightsCheck(config),
    ...report.checks,
    await diskCheck(config),
    ...imageChecks(config, languages, images, trials),
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
  const machine = thisMachine()
  const memoryBytes = machine.memoryBytes()
  const wantedBytes = slots * limits.defaults.run.memoryBytes
  const processes = machine.processes()
  const wantedProcesses = slots * limits.defaults.run.maxProcesses
  return [
    fact('codeexec', `${packageVersion()} on Node ${process.versions.node}`),
    fact('kernel', `${os.type()} ${os.release()} on ${os.machine()}`),
    fact('control group', groupDetail(machine)),
    fact('processors', `${machine.cpus()}; ${slots} programs run at once`),
    {
      name: 'memory',
      ok: memoryBytes >= wantedBytes,
      required: false,
      detail: `${mebibytes(memoryBytes)} to use; ${slots} programs at their default limit use ${mebibytes(wantedBytes)}`,
    },
    ...(processes === undefined
      ? []
      : [
          {
            name: 'processes',
            ok: processes >= wantedProcesses + OWN_PROCESSES,
            required: false,
            detail: `${processes} at once for the service and its programs; ${slots} programs at their default limit make ${wantedProcesses}`,
          },
        ]),
  ]
}

/** Where this command runs; a service that was started elsewhere may be in another. */
function groupDetail({ group, ...machine }: Machine): string {
  if (group === undefined) return 'its own is not in sight; figures are the host’s'
  const { memory, cpu, pids } = group.paths
  const places = memory === cpu && memory === pids ? memory : `memory:${memory} cpu:${cpu} pids:${pids}`
  const cpus = machine.cpus()
  const processes = machine.processes()
  const limits = [
    machine.memoryBytes() < os.totalmem() ? `memory ${mebibytes(machine.memoryBytes())}` : [],
    cpus < os.availableParallelism() ? `${cpus} CPUs` : [],
    processes === undefined ? [] : `${processes} processes`,
  ].flat()
  return `version ${group.version}, ${places}: ${limits.length === 0 ? 'no limits' : limits.join(', ')}`
}

/** As whom a service goes on that is started as this command is. */
function rightsCheck(config: Config): DriverCheck {
  try {
    const plan = planDrop(config)
    if (plan.kind === 'drops')
      return fact('rights', `started as root, the service goes on as user ${plan.user.name}`)
    return plan.why === undefined
      ? fact('rights', 'the service is started without root’s rights')
      : { name: 'rights', ok: false, required: false, detail: plan.why }
  } catch (error) {
    return { name: 'rights', ok: false, required: true, detail: (error as Error).message }
  }
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
  readonly trials: Trials
}

/** By language whose image is there: undefined where a program ran in it, otherwise why none does. */
type Trials = ReadonlyMap<string, string | undefined>

/** Runs a program in each image that is there. */
async function tryImages(
  driver: SandboxDriver & { start(): Promise<unknown> },
  config: Config,
  languages: LanguageRegistry,
  images: ImageStore,
): Promise<Trials> {
  const trials = new Map<string, string | undefined>()
  const cpus = { compile: config.cpusPerExecution, run: config.cpusPerExecution }
  const { signal } = new AbortController()
  await driver.start()
  for (const language of languages.all) {
    const image = images.get(language.id)
    if (image === undefined) continue
    const limits = resolveLimits({ ...config.limits, language })
    trials.set(language.id, await proveImage(image, language, { driver, limits, cpus, signal }))
  }
  return trials
}

async function examineHost(config: Config, plan: ImagePlan, languages: LanguageRegistry): Promise<Examined> {
  const images = new FileImageStore({ dataDirectory: config.dataDirectory, plan })
  const driver = createNamespacesDriver({
    program: SUPERVISOR_PROGRAM,
    slots: 1,
    image: (id) => namespacesImage(images, id),
  })
  try {
    const report = await driver.probe()
    return {
      report,
      images,
      trials: report.usable ? await tryImages(driver, config, languages, images) : new Map(),
    }
  } finally {
    await driver.close()
  }
}

async function examineEngine(
  config: Config,
  plan: ImagePlan,
  languages: LanguageRegistry,
): Promise<Examined> {
  const { store } = dockerImages(config, plan)
  // An engine that does not answer is the report's first line; then it has no images either.
  await store.refresh().catch(() => undefined)
  const driver = dockerDriver(config, store, () => undefined)
  try {
    const report = await driver.probe()
    const trials = report.usable ? await tryImages(driver, config, languages, store) : new Map()
    return { report, images: store, trials }
  } finally {
    await driver.close()
  }
}

function imageChecks(
  { sandbox }: Config,
  languages: LanguageRegistry,
  images: ImageStore,
  trials: Trials,
): readonly DriverCheck[] {
  const option = sandbox === 'docker' ? '--driver docker ' : ''
  return languages.all.map(({ id, name }) => {
    const image = images.get(id)
    const absent = `${name}: ${images.state(id)}; codeexec images build ${option}${id} makes it, and so does codeexec serve`
    if (image === undefined) return { name: `image ${id}`, ok: false, required: false, detail: absent }
    const version = `${name} ${image.version}`
    if (!trials.has(id)) return { name: `image ${id}`, ok: true, required: false, detail: version }
    const reason = trials.get(id)
    const ok = reason === undefined
    const detail = ok
      ? `${version}, a program ran in it`
      : `${version}, but no program runs in it: ${reason}${adviceFor(image)}`
    return { name: `image ${id}`, ok, required: !ok, detail }
  })
}

function adviceFor({ id, layers }: ReadyImage): string {
  if (layers.length === 0) return ''
  const folders = layers.map((layer) => path.dirname(layer)).join(' ')
  return `; where the image is at fault, remove ${folders} and build it again: codeexec images build ${id}`
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / MEBIBYTE)} MiB`
}
