/**
 * Tools that check what is in deploy/: Helm, kubeconform and a reader of compose files, pinned in
 * scripts/deploy-tools/ and built once into the data folder with the Go toolchain; and the schemas of Kubernetes'
 * own objects, made from the description that Kubernetes' module carries.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { writeCustomSchema, writeSchemas } from './deploy-tools/kubernetes-schemas.mjs'
import { fingerprint } from './lib/fingerprint.mjs'
import { DATA_DIR, ROOT } from './lib/paths.mjs'
import { run } from './lib/run.mjs'

export const KUBERNETES_VERSION = '1.34.4'

const MODULE_DIR = join(ROOT, 'scripts', 'deploy-tools')
const PROGRAMS = {
  helm: 'helm.sh/helm/v4/cmd/helm',
  kubeconform: 'github.com/yannh/kubeconform/cmd/kubeconform',
  'compose-config': './compose-config',
}
/** Kinds of object that others add to Kubernetes, from the modules that define them. */
const CUSTOM_RESOURCES = [
  ['github.com/kedacore/keda/v2@v2.18.1', 'config/crd/bases/keda.sh_scaledobjects.yaml'],
  [
    'github.com/prometheus-operator/prometheus-operator@v0.85.0',
    'example/prometheus-operator-crd/monitoring.coreos.com_podmonitors.yaml',
  ],
  [
    'github.com/prometheus-operator/prometheus-operator@v0.85.0',
    'example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml',
  ],
]

/** Three minutes on two cores when nothing is cached yet. */
const BUILD_TIMEOUT_MS = 15 * 60_000

const hasGo = () => {
  try {
    execFileSync('go', ['version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

async function go(...args) {
  const result = await run(['nice', 'go', ...args], { cwd: MODULE_DIR, timeoutMs: BUILD_TIMEOUT_MS })
  if (result.code !== 0) throw new Error(`go ${args.join(' ')} failed:\n${result.output}`)
  return result.output
}

/** Under another name until it is whole: an interrupted build leaves nothing that looks finished. */
async function buildOnce(folder, make) {
  if (existsSync(folder)) return
  const unfinished = `${folder}.${process.pid}`
  rmSync(unfinished, { recursive: true, force: true })
  mkdirSync(unfinished, { recursive: true })
  await make(unfinished)
  if (existsSync(folder)) rmSync(unfinished, { recursive: true })
  else renameSync(unfinished, folder)
}

async function buildPrograms(folder) {
  for (const [name, source] of Object.entries(PROGRAMS)) {
    await go('build', '-trimpath', '-o', join(folder, name), source)
  }
}

async function buildSchemas(folder) {
  const download = JSON.parse(
    await go('mod', 'download', '-json', `k8s.io/kubernetes@v${KUBERNETES_VERSION}`),
  )
  const description = join(download.Dir, 'api', 'openapi-spec', 'swagger.json')
  writeSchemas(JSON.parse(readFileSync(description, 'utf8')), folder)
  for (const [module, file] of CUSTOM_RESOURCES) {
    const { Dir } = JSON.parse(await go('mod', 'download', '-json', module))
    writeCustomSchema(readFileSync(join(Dir, file), 'utf8'), folder)
  }
}

/** Paths of the programs and of the folder of schemas; undefined where there is no Go toolchain to make them with. */
export async function ensureDeployTools() {
  const programs = join(
    DATA_DIR,
    'cache',
    `deploy-tools-${fingerprint(MODULE_DIR, ['go.mod', 'go.sum', 'compose-config'])}`,
  )
  const sources = fingerprint(join(ROOT, 'scripts'), [
    'deploy-tools.mjs',
    'deploy-tools/kubernetes-schemas.mjs',
  ])
  const schemas = join(DATA_DIR, 'cache', `kubernetes-${KUBERNETES_VERSION}-${sources}`)
  if ((!existsSync(programs) || !existsSync(schemas)) && !hasGo()) return undefined
  await buildOnce(programs, buildPrograms)
  await buildOnce(schemas, buildSchemas)
  return {
    helm: join(programs, 'helm'),
    kubeconform: join(programs, 'kubeconform'),
    composeConfig: join(programs, 'compose-config'),
    schemas,
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const tools = await ensureDeployTools()
  process.stdout.write(
    `${tools === undefined ? 'no Go toolchain: install one' : JSON.stringify(tools, null, 2)}\n`,
  )
  process.exitCode = tools === undefined ? 1 : 0
}
