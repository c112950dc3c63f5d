/** What a worker tells over HTTP: that it lives, whether it takes jobs, its metrics. Nothing else of it is reachable. */
import { createServer } from 'node:http'
import type { ServerResponse } from 'node:http'
import type { ReadinessCheck } from '../api/dependencies.js'
import type { Metrics } from '../observability/metrics/metrics.js'
import type { Service } from './service.js'

export interface WorkerStatus {
  readonly metrics: Pick<Metrics, 'contentType' | 'render'>
  readonly checks: () => Promise<readonly ReadinessCheck[]>
  readonly isDraining: () => boolean
}

function answerJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body))
}

async function answerReady(response: ServerResponse, { checks, isDraining }: WorkerStatus): Promise<void> {
  const results = await checks()
  const isReady = !isDraining() && results.every(({ ok }) => ok)
  const status = isDraining() ? 'draining' : isReady ? 'ready' : 'not_ready'
  answerJson(response, isReady ? 200 : 503, { status, checks: results })
}

export function createWorkerStatus(status: WorkerStatus): Service['http'] {
  const server = createServer((request, response) => {
    request.resume()
    const path = request.url?.split('?', 1)[0]
    if (path === '/health') {
      answerJson(response, 200, { status: 'OK', timestamp: new Date().toISOString() })
    } else if (path === '/health/ready') {
      answerReady(response, status).catch(() => response.writeHead(500).end())
    } else if (path === '/metrics') {
      const { contentType, render } = status.metrics
      render().then(
        (text) => response.writeHead(200, { 'content-type': contentType }).end(text),
        () => response.writeHead(500).end(),
      )
    } else {
      const errorMessage = 'Nothing is at this address; a worker tells its health and metrics only'
      answerJson(response, 404, { succeeded: false, errorMessage, code: 'NOT_FOUND' })
    }
  })
  return {
    server,
    listen: (options) =>
      new Promise<void>((resolve, reject) => {
        server.once('error', reject)
        server.listen(options, resolve)
      }),
  }
}
