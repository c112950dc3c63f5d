/**
 * Serves what a real cAdvisor tells of a few containers, for the panels that ask it: there is no container engine for
 * a real one to watch where these tests run. Names and labels are cAdvisor's; the counters grow with each reading.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const CONTAINERS = ['codeexec-api-1', 'codeexec-worker-1', 'codeexec-redis-1']

export async function startRecordedCadvisor(): Promise<{ readonly port: number; stop(): Promise<void> }> {
  let readings = 0
  const server = createServer((_request, response) => {
    readings++
    const lines = CONTAINERS.flatMap((name) => {
      const labels = `id="/docker/${name}",image="codeexec",name="${name}"`
      const network = `${labels},interface="eth0"`
      return [
        `container_last_seen{${labels}} ${Math.round(Date.now() / 1000)}`,
        `container_cpu_usage_seconds_total{${labels},cpu="total"} ${readings / 10}`,
        `container_memory_working_set_bytes{${labels}} ${50 * 2 ** 20}`,
        `container_network_receive_bytes_total{${network}} ${readings * 1000}`,
        `container_network_transmit_bytes_total{${network}} ${readings * 2000}`,
      ]
    })
    response.setHeader('content-type', 'text/plain; version=0.0.4').end(`${lines.join('\n')}\n`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
