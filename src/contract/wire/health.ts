/** `GET /health` and `GET /health/ready`. */
import { z } from 'zod'
import { errorAnswer } from './error.js'

export const healthAnswer = z
  .object({ status: z.literal('OK'), timestamp: z.iso.datetime() })
  .meta({ id: 'Health', examples: [{ status: 'OK', timestamp: '2026-07-01T12:00:00.000Z' }] })

const checks = z
  .array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string() }))
  .describe('One line per dependency.')

export const readyAnswer = z.object({ status: z.literal('ready'), checks }).meta({
  id: 'Ready',
  examples: [{ status: 'ready', checks: [{ name: 'sandbox', ok: true, detail: 'namespaces, cgroup v2' }] }],
})

export const notReadyAnswer = errorAnswer.extend({ status: z.enum(['not_ready', 'draining']), checks }).meta({
  id: 'NotReady',
  examples: [
    {
      succeeded: false,
      errorMessage: 'Not ready: images (no language is ready yet)',
      code: 'NOT_READY',
      status: 'not_ready',
      checks: [{ name: 'images', ok: false, detail: 'no language is ready yet' }],
    },
  ],
})

export type HealthAnswer = z.infer<typeof healthAnswer>
export type ReadyAnswer = z.infer<typeof readyAnswer>
export type NotReadyAnswer = z.infer<typeof notReadyAnswer>
