/** What is in deploy/ for containers and clusters, read by the tools that would use it. */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { ensureDeployTools } from '../../scripts/deploy-tools.mjs'
import { DEPLOY, hasPrometheus } from './support/prometheus.js'

const tools = await ensureDeployTools()
const NO_TOOLS = tools === undefined ? ', skipped: there is no Go toolchain to build the tools with' : ''
const CHART = path.join(DEPLOY, 'helm', 'codeexec')
const UNPRIVILEGED = { runAsNonRoot: true, allowPrivilegeEscalation: false }
const VALUE_SETS = [[], ['external'], ['keda'], ['small']]

interface Answer {
  readonly status: number | null
  readonly words: string
}

function ask(program: string | undefined, argv: readonly string[], input?: string): Answer {
  const { status, stdout, stderr } = spawnSync(program ?? '', [...argv], {
    encoding: 'utf8',
    input,
    // Nothing of the machine's own settings changes what the files say.
    env: { PATH: process.env['PATH'], HOME: '/nonexistent', CODEEXEC_TLS_DIR: '/certificates' },
  })
  return { status, words: `${stdout}${stderr}` }
}

function render(sets: readonly string[], ...argv: readonly string[]): string {
  const files = sets.flatMap((name) => ['-f', path.join(CHART, 'ci', `${name}.yaml`)])
  const all = ['template', 'demo', CHART, ...files, ...argv]
  return execFileSync(tools?.helm ?? '', all, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
}

const validate = (manifests: string): Answer =>
  ask(
    tools?.kubeconform,
    [
      '-strict',
      '-summary',
      '-schema-location',
      `${tools?.schemas}/{{.ResourceKind}}{{.KindSuffix}}.json`,
      '-',
    ],
    manifests,
  )

interface Container {
  readonly securityContext: Record<string, unknown> & {
    readonly capabilities: { add?: string[]; drop: string[] }
  }
  readonly resources: { readonly limits?: Record<string, string> }
  readonly readinessProbe?: object
  readonly livenessProbe?: object
}

interface Workload {
  readonly kind: string
  readonly metadata: { readonly name: string }
  readonly spec: {
    readonly template: { readonly spec: Record<string, unknown> & { containers: Container[] } }
  }
}

function workloads(manifests: string): Workload[] {
  const documents = parseAllDocuments(manifests).map((document) => document.toJS() as Workload | null)
  return documents.filter(
    (one): one is Workload => one !== null && /^(Deployment|StatefulSet)$/.test(one.kind),
  )
}

const workerCapabilities = (): string[] => {
  const worker = workloads(render([])).find(({ metadata }) => metadata.name === 'demo-worker')
  return worker?.spec.template.spec.containers[0]?.securityContext.capabilities.add ?? []
}

describe.skipIf(tools === undefined)(`the chart${NO_TOOLS}`, () => {
  it.each(VALUE_SETS.map((sets) => ({ values: sets.join() || 'of its own', sets })))(
    'is fit for Kubernetes with the values $values',
    ({ sets }) => {
      const files = sets.flatMap((name) => ['-f', path.join(CHART, 'ci', `${name}.yaml`)])
      expect(ask(tools?.helm, ['lint', '--strict', CHART, ...files])).toMatchObject({ status: 0 })
      const result = validate(render(sets))
      expect(result.words).toMatch(/Valid: (?:[89]|\d\d), Invalid: 0, Errors: 0, Skipped: 0/)
      expect(result.status).toBe(0)
    },
  )

  it('would be refused with a field that Kubernetes does not know, or one of the wrong type', () => {
    const manifests = render([])
    expect(validate(manifests.replace('terminationGracePeriodSeconds', 'patience')).status).toBe(1)
    expect(validate(manifests.replace(/replicas: \d/, 'replicas: two')).status).toBe(1)
  })

  it.each([
    ['worker.slot=3', "additional properties 'slot' not allowed"],
    ['worker.slots=0', '/worker/slots'],
    ['worker.autoscaling.mode=often', '/worker/autoscaling/mode'],
    ['authentication.mode=required', '/authentication'],
    ['redis.included=false', 'set externalUrl or externalSecret'],
  ])('refuses the value %s', (value, reason) => {
    const { status, words } = ask(tools?.helm, ['template', 'demo', CHART, '--set', value])
    expect(status).not.toBe(0)
    expect(words).toContain(reason)
  })

  it('gives every container limits, probes and no more rights than it needs', () => {
    for (const { metadata, spec } of VALUE_SETS.flatMap((sets) => workloads(render(sets)))) {
      const { containers, automountServiceAccountToken } = spec.template.spec
      expect(automountServiceAccountToken).toBe(false)
      for (const { securityContext, resources, readinessProbe, livenessProbe } of containers) {
        expect(resources.limits?.['memory']).toBeTruthy()
        expect(readinessProbe).toBeDefined()
        expect(livenessProbe).toBeDefined()
        expect(securityContext).toMatchObject({
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        })
        const isWorker = metadata.name === 'demo-worker'
        expect(securityContext).toMatchObject(isWorker ? { privileged: false } : UNPRIVILEGED)
      }
    }
  })

  it('knows only settings that the service knows', async () => {
    const { listVariables } = await import('../../src/config/variables.js')
    const known = new Set(listVariables().map(({ name }) => name))
    const names = VALUE_SETS.flatMap((sets) => [...render(sets).matchAll(/name: "?([A-Z][A-Z_]+)"?,/g)])
    expect(names.length).toBeGreaterThan(20)
    expect(names.map(([, name]) => name ?? '').filter((name) => !known.has(name))).toEqual([])
  })

  it.skipIf(!hasPrometheus)('carries the alert rules, whole', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'codeexec-chart-'))
    try {
      const rule = parseAllDocuments(render(['external']))
        .map((document) => document.toJS() as { kind: string; spec: object } | null)
        .find((one) => one?.kind === 'PrometheusRule')
      const file = path.join(folder, 'rules.json')
      writeFileSync(file, JSON.stringify(rule?.spec))
      expect(ask('promtool', ['check', 'rules', file])).toMatchObject({ status: 0 })
      const count = readFileSync(path.join(DEPLOY, 'prometheus', 'rules', 'codeexec.yml'), 'utf8').match(
        /alert:/g,
      )
      expect(JSON.stringify(rule?.spec).match(/"alert":/g)).toHaveLength(count?.length ?? 0)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

interface ComposeService {
  readonly image?: string
  readonly privileged?: boolean
  readonly cap_drop?: string[]
  readonly cap_add?: string[]
  readonly healthcheck?: { readonly test?: string[] }
  readonly ports?: { readonly host_ip?: string; readonly target: number }[]
  readonly volumes?: { readonly source?: string }[]
  readonly environment?: Record<string, string>
  readonly deploy?: {
    readonly resources?: { readonly limits?: { readonly memory?: string; readonly cpus?: number } }
  }
}

function compose(...files: string[]): Record<string, ComposeService> {
  const { status, words } = ask(
    tools?.composeConfig,
    files.map((file) => path.join(DEPLOY, file)),
  )
  expect(words).toMatch(/^\{/)
  expect(status).toBe(0)
  return (JSON.parse(words) as { services: Record<string, ComposeService> }).services
}

describe.skipIf(tools === undefined)(`the compose file${NO_TOOLS}`, () => {
  it('has every service of the platform, each with limits and a health check', () => {
    const services = compose('compose.yaml')
    const names = ['api', 'cadvisor', 'grafana', 'mongodb', 'prometheus', 'proxy', 'redis', 'worker']
    expect(Object.keys(services)).toEqual(expect.arrayContaining(names))
    const dockerfile = readFileSync(path.join(DEPLOY, 'Dockerfile'), 'utf8')
    expect(dockerfile.match(/^HEALTHCHECK/gm)).toHaveLength(2)
    for (const [name, { deploy, healthcheck, image = '' }] of Object.entries(services)) {
      expect([name, deploy?.resources?.limits]).toEqual([
        name,
        { cpus: expect.anything(), memory: expect.anything() },
      ])
      const isOurs = image.startsWith('codeexec/')
      expect([name, isOurs || healthcheck?.test !== undefined]).toEqual([name, true])
    }
  })

  it('gives nobody all privileges, only the worker more than a few, and only cAdvisor the engine’s socket', () => {
    const services = Object.entries(compose('compose.yaml'))
    expect(services.filter(([, { privileged }]) => privileged === true)).toEqual([])
    const rich = services.filter(([, { cap_add = [] }]) => cap_add.length > 2).map(([name]) => name)
    expect(rich).toEqual(['worker'])
    const socket = services.filter(([, { volumes = [] }]) =>
      volumes.some(({ source }) => source?.endsWith('docker.sock')),
    )
    expect(socket.map(([name]) => name)).toEqual(['cadvisor'])
  })

  it('shows the world the proxy alone', () => {
    const open = Object.entries(compose('compose.yaml', 'compose.tls.yaml')).flatMap(
      ([name, { ports = [] }]) =>
        ports.filter(({ host_ip }) => host_ip !== '127.0.0.1').map(({ target }) => [name, target]),
    )
    expect(open).toEqual([
      ['proxy', 8080],
      ['proxy', 8443],
    ])
  })

  it('sets only what the service knows, and mounts only what exists', async () => {
    const { listVariables } = await import('../../src/config/variables.js')
    const known = new Set(listVariables().map(({ name }) => name))
    const services = compose('compose.yaml')
    for (const name of ['api', 'worker']) {
      const unknown = Object.keys(services[name]?.environment ?? {}).filter((one) => !known.has(one))
      expect([name, unknown]).toEqual([name, []])
    }
    const own = Object.values(services)
      .flatMap(({ volumes = [] }) => volumes.map(({ source = '' }) => source))
      .filter((source) => source.startsWith(DEPLOY))
    expect(own.length).toBeGreaterThan(3)
    expect(own.filter((source) => !existsSync(source))).toEqual([])
  })

  it('gives the worker what the chart gives it', () => {
    expect(compose('compose.yaml')['worker']?.cap_add).toEqual(workerCapabilities())
  })
})

const text = (unit: string): string => readFileSync(path.join(DEPLOY, 'systemd', unit), 'utf8')

describe('the systemd units', () => {
  const units = ['codeexec.service', 'codeexec-worker.service', 'codeexec-api.service']
  const hasSystemd = existsSync('/usr/bin/systemd-analyze')

  it.skipIf(!hasSystemd)(
    `pass systemd's own check${hasSystemd ? '' : ', skipped: it is not installed'}`,
    () => {
      const files = units.map((unit) => path.join(DEPLOY, 'systemd', unit))
      const { words } = ask('systemd-analyze', ['verify', ...files])
      // Where Node is elsewhere, that is all there is to say.
      expect(words.split('\n').filter((line) => line !== '' && !line.includes('/usr/bin/node'))).toEqual([])
    },
  )

  it('give the worker what its container gets, and the api nothing', () => {
    const yaml = parse(readFileSync(path.join(DEPLOY, 'compose.yaml'), 'utf8'), { merge: true }) as {
      services: Record<string, ComposeService>
    }
    const names = yaml.services['worker']?.cap_add?.map((name) => `CAP_${name}`).join(' ')
    for (const unit of ['codeexec.service', 'codeexec-worker.service']) {
      expect(text(unit)).toContain(`CapabilityBoundingSet=${names}\n`)
    }
    expect(text('codeexec-api.service')).toContain('CapabilityBoundingSet=\n')
  })

  it('let the service divide its own control group, and live on when a program is out of memory', () => {
    for (const unit of ['codeexec.service', 'codeexec-worker.service']) {
      expect(text(unit)).toContain('Delegate=yes\nOOMPolicy=continue\n')
    }
  })
})
