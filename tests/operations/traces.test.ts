/** The real service sends its traces to a collector, which here keeps what it gets. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { execute } from '../e2e/support/client.js'
import { startService } from '../hostile/harness/service.js'
import { describeUnless, noService } from './support/environment.js'

describeUnless([noService()], 'a service whose operator collects traces', () => {
  it('tells of a request and its execution, and nothing of the program', async () => {
    const requests: { address: string; text: string }[] = []
    const collector = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        requests.push({ address: request.url ?? '', text: Buffer.concat(chunks).toString('latin1') })
        response.end()
      })
    })
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve))
    const { port } = collector.address() as AddressInfo
    const service = await startService({
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_EXPORTER_OTLP_COMPRESSION: 'none',
      OTEL_BSP_SCHEDULE_DELAY: '200',
      OTEL_SERVICE_NAME: 'my-runner',
    })
    try {
      await execute(service, { language: 'python', code: 'print("never tell anybody")' })
      const all = (): string => requests.map(({ text }) => text).join('')
      // Names and attributes are plain text in the protocol's messages.
      for (const word of [
        'POST /api/v1/execute',
        'queue',
        'execution',
        'codeexec.verdict',
        'succeeded',
        'my-runner',
      ]) {
        await expect.poll(all, { timeout: 20_000 }).toContain(word)
      }
      expect(all()).not.toContain('never tell anybody')
      expect(requests.every(({ address }) => address === '/v1/traces')).toBe(true)
    } finally {
      await service.stop()
      await new Promise((resolve) => collector.close(resolve))
    }
  })
})
