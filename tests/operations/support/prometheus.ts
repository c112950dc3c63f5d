/** Debian's Prometheus with the project's own rules, scraping every second. */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../hostile/harness/service.js'

export const DEPLOY = fileURLToPath(new URL('../../../deploy/', import.meta.url))
const PROGRAM = '/usr/bin/prometheus'

export const hasPrometheus = existsSync(PROGRAM) && existsSync('/usr/bin/promtool')

export interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export interface Prometheus {
  /** Rejects where the query itself is wrong. */
  query(expression: string): Promise<readonly Sample[]>
  stop(): Promise<void>
}

/** Jobs by name, with the ports of the loopback interface that they are scraped at. */
export async function startPrometheus(
  jobs: Readonly<Record<string, readonly number[]>>,
): Promise<Prometheus> {
  const folder = mkdtempSync(path.join(tmpdir(), 'codeexec-prometheus-'))
  const port = await freePort()
  mkdirSync(path.join(folder, 'data'))
  const config = {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: [path.join(DEPLOY, 'prometheus', 'rules', '*.yml')],
    scrape_configs: Object.entries(jobs).map(([job_name, ports]) => ({
      job_name,
      static_configs: [{ targets: ports.map((target) => `127.0.0.1:${target}`) }],
    })),
  }
  // JSON is YAML.
  writeFileSync(path.join(folder, 'prometheus.yml'), JSON.stringify(config))
  const child = spawn(
    PROGRAM,
    [
      `--config.file=${path.join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${path.join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: 'ignore' },
  )
  const address = `http://127.0.0.1:${port}`
  await untilReady(address)
  return {
    query: (expression) => query(address, expression),
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function untilReady(address: string): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    const answer = await fetch(`${address}/-/ready`).catch(() => undefined)
    if (answer?.status === 200) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('Prometheus does not become ready')
}

interface QueryAnswer {
  readonly error?: string
  readonly data?: {
    readonly resultType: string
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>
      readonly value: readonly [number, string]
    }[]
  }
}

async function query(address: string, expression: string): Promise<readonly Sample[]> {
  const response = await fetch(`${address}/api/v1/query?query=${encodeURIComponent(expression)}`)
  const { data, error } = (await response.json()) as QueryAnswer
  if (data === undefined) throw new Error(`${expression}: ${error ?? response.status}`)
  return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }))
}
