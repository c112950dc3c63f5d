import { ServiceError } from '../../contract/errors.js'
import { healthAnswer, notReadyAnswer, readyAnswer } from '../../contract/wire/health.js'
import type { HealthAnswer, NotReadyAnswer, ReadyAnswer } from '../../contract/wire/health.js'
import type { ApiContext, App, ReadinessCheck } from '../dependencies.js'
import { jsonAnswer } from '../documented-answers.js'
import { errorBody, retryAfterSeconds } from '../plugins/errors.js'

/** A check that hangs must not hang the answer. */
const CHECK_DEADLINE_MS = 5000

export function healthRoutes(app: App, context: ApiContext): void {
  app.route({
    method: 'GET',
    url: '/health',
    schema: {
      operationId: 'health',
      tags: ['Service'],
      summary: 'Tell that the process is alive',
      response: { 200: jsonAnswer('It is.', healthAnswer) },
    },
    handler: (): Promise<HealthAnswer> =>
      Promise.resolve({ status: 'OK', timestamp: new Date(context.clock()).toISOString() }),
  })

  app.route({
    method: 'GET',
    url: '/health/ready',
    schema: {
      operationId: 'ready',
      tags: ['Service'],
      summary: 'Tell whether executions can be taken',
      response: {
        200: jsonAnswer('They can.', readyAnswer),
        503: jsonAnswer('They cannot: something is missing, or the service is stopping.', notReadyAnswer),
      },
    },
    handler: async (_request, reply): Promise<ReadyAnswer | NotReadyAnswer> => {
      const checks = await checksInTime(context)
      const { draining } = context.lifecycle
      if (!draining && checks.every((check) => check.ok)) return { status: 'ready', checks: [...checks] }
      const error = draining
        ? new ServiceError('SHUTTING_DOWN', 'Not ready: the service is stopping')
        : new ServiceError('NOT_READY', `Not ready: ${failures(checks)}`)
      void reply.code(503).header('retry-after', retryAfterSeconds(error))
      return { ...errorBody(error), status: draining ? 'draining' : 'not_ready', checks: [...checks] }
    },
  })
}

async function checksInTime({ readiness, logger }: ApiContext): Promise<readonly ReadinessCheck[]> {
  const deadline = new AbortController()
  try {
    return await Promise.race([readiness(), failedAfter(CHECK_DEADLINE_MS, deadline.signal)])
  } catch (error) {
    logger.error({ err: error }, 'readiness could not be checked')
    return [{ name: 'readiness', ok: false, detail: 'could not be checked' }]
  } finally {
    deadline.abort()
  }
}

function failedAfter(milliseconds: number, cancel: AbortSignal): Promise<readonly ReadinessCheck[]> {
  return new Promise((resolve) => {
    const detail = `no answer within ${milliseconds / 1000} seconds`
    const timer = setTimeout(() => resolve([{ name: 'readiness', ok: false, detail }]), milliseconds)
    cancel.addEventListener('abort', () => clearTimeout(timer), { once: true })
  })
}

function failures(checks: readonly ReadinessCheck[]): string {
  return checks
    .filter((check) => !check.ok)
    .map(({ name, detail }) => `${name} (${detail})`)
    .join(', ')
}
