/**
 * A small service that keeps the wire contract and runs no code: what happens is said by directives in the program
 * (fake-programs.ts) and by the test. It serves the built page under the strict policy the real service has.
 */
import Fastify, { type FastifyReply } from 'fastify'
import type { AddressInfo } from 'node:net'

import { analyzeRequest } from '../../../src/contract/wire/analyze.js'
import { executeFiles } from '../../../src/contract/wire/execute.js'
import type { LanguageAnswer } from '../../../src/contract/wire/languages.js'
import { shareRequest } from '../../../src/contract/wire/shares.js'
import { submissionRequest } from '../../../src/contract/wire/submissions.js'
import { FakeBatch } from './fake-execution.js'
import { fakeLanguages, sampleScripts } from './fake-languages.js'
import { attachInteractive } from './fake-interactive.js'
import { servePage } from './serve-page.js'

export interface Refusal {
  readonly status: number
  readonly code: string
  readonly message: string
  readonly retryAfterSeconds?: number
}

export interface FakeServerOptions {
  /**
   * Parts of the service that are not there, as on an older or smaller server. `upgrade`: the live connection is there,
   * but something between refuses to let it through.
   */
  readonly without?: readonly ('interactive' | 'upgrade' | 'submissions' | 'analyze' | 'shares')[]
}

export interface FakeServer {
  readonly url: string
  /** Bodies of the executions, submissions and shares received, in order. */
  readonly received: Record<string, unknown>[]
  /** Says what a program of exactly this text does, in directives. */
  script(code: string, directives: string): void
  /** Refuses executions until set to null. */
  refuse(refusal: Refusal | null): void
  setLanguages(change: (languages: LanguageAnswer[]) => LanguageAnswer[]): void
  /** Cuts every connection and refuses new ones, as a service that is restarted does; returns what brings it back. */
  stop(): Promise<() => Promise<void>>
  close(): Promise<void>
}

/** As strict as the real service: a field too many from the page must fail here too. */
const BODIES = {
  '/api/v2/execute': executeFiles,
  '/api/v1/submissions': submissionRequest,
  '/api/v1/analyze': analyzeRequest,
  '/api/v1/shares': shareRequest,
}

const LINE_FINDING = /(?<call>eval|os\.system|input)\(/

export async function startFakeServer(options: FakeServerOptions = {}): Promise<FakeServer> {
  const has = (part: NonNullable<FakeServerOptions['without']>[number]) => !options.without?.includes(part)
  const received: Record<string, unknown>[] = []
  const scripts = sampleScripts()
  const shares = new Map<string, Record<string, unknown>>()
  let refusal: Refusal | null = null
  let languages: LanguageAnswer[] = fakeLanguages()
  let port = 0

  async function start(): Promise<() => Promise<void>> {
    const app = Fastify({ bodyLimit: 10 * 1024 * 1024, forceCloseConnections: true })
    const batch = new FakeBatch(scripts)
    servePage(app)
    app.addHook('preHandler', async (request, reply) => {
      const schema = request.method === 'POST' && BODIES[request.url as keyof typeof BODIES]
      const wrong = schema ? schema.safeParse(request.body).error?.issues[0] : undefined
      if (wrong) {
        const message = `Invalid input: ${wrong.path.join('.')} ${wrong.message}`
        await refuseWith(reply, { status: 400, code: 'INVALID_INPUT', message })
      }
    })
    app.get('/health', () => ({ status: 'OK', timestamp: new Date().toISOString() }))
    app.get('/health/ready', () => ({ status: 'ready', checks: [] }))
    app.get('/openapi.json', () => ({
      openapi: '3.1.0',
      paths: {
        '/api/v2/execute': {},
        ...(has('interactive') ? { '/api/v1/interactive': {} } : {}),
        ...(has('submissions') ? { '/api/v1/submissions': {}, '/api/v1/submissions/{id}': {} } : {}),
        ...(has('analyze') ? { '/api/v1/analyze': {} } : {}),
        ...(has('shares') ? { '/api/v1/shares': {} } : {}),
      },
    }))
    app.get('/api/v1/languages', () => languages)
    app.post('/api/v2/execute', async (request, reply) => {
      const body = request.body as Record<string, unknown>
      received.push(body)
      if (refusal) {
        return refuseWith(reply, refusal)
      }
      const gone = new AbortController()
      request.raw.once('close', () => request.raw.destroyed && !reply.sent && gone.abort('SIGKILL'))
      return { succeeded: true, result: await batch.execute(body, gone.signal) }
    })
    if (has('submissions')) {
      app.post('/api/v1/submissions', (request, reply) => {
        const body = request.body as Record<string, unknown>
        received.push(body)
        if (refusal) {
          return refuseWith(reply, refusal)
        }
        return reply.code(202).send({ id: batch.submit(body), status: 'queued' })
      })
      app.get<{ Params: { id: string } }>('/api/v1/submissions/:id/events', (request, reply) =>
        batch.follow(request.params.id, reply),
      )
      app.delete<{ Params: { id: string } }>('/api/v1/submissions/:id', (request) => {
        batch.cancel(request.params.id)
        return { id: request.params.id, status: 'cancelled' }
      })
    }
    if (has('analyze')) {
      app.post('/api/v1/analyze', (request) => {
        const { files } = request.body as { files: { filename: string; code: string }[] }
        return { findings: files.flatMap(({ filename, code }) => findingsOf(filename, code)), summary: {} }
      })
    }
    if (has('shares')) {
      app.post('/api/v1/shares', (request, reply) => {
        const body = request.body as Record<string, unknown>
        received.push(body)
        const id = crypto.randomUUID()
        shares.set(id, body)
        const expiresAt = new Date(Date.now() + 30 * 24 * 3600 * 1000).toISOString()
        return reply.code(201).send({ id, url: `/?share=${id}`, expiresAt })
      })
      app.get<{ Params: { id: string } }>('/api/v1/shares/:id', (request, reply) => {
        const share = shares.get(request.params.id)
        const missing = { status: 404, code: 'NOT_FOUND', message: 'There is no share of this id.' }
        return share ? { ...share, id: request.params.id } : refuseWith(reply, missing)
      })
    }
    const sockets =
      has('interactive') && has('upgrade')
        ? attachInteractive(app.server, received, () => refusal, scripts)
        : null
    await app.listen({ port, host: '127.0.0.1' })
    port = (app.server.address() as AddressInfo).port
    return async () => {
      sockets?.terminate()
      batch.stop()
      await app.close()
    }
  }

  let stop = await start()
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    script: (code, directives) => scripts.set(code, directives),
    refuse: (next) => {
      refusal = next
    },
    setLanguages: (change) => {
      languages = change(fakeLanguages())
    },
    stop: async () => {
      await stop()
      stop = () => Promise.resolve()
      return async () => {
        stop = await start()
      }
    },
    close: () => stop(),
  }
}

function refuseWith(reply: FastifyReply, { status, code, message, retryAfterSeconds }: Refusal) {
  if (retryAfterSeconds !== undefined) {
    void reply.header('retry-after', String(retryAfterSeconds))
  }
  return reply.code(status).send({ succeeded: false, errorMessage: message, code })
}

/** Enough of an analysis for the page: a call per line. */
function findingsOf(file: string, code: string): Record<string, unknown>[] {
  const severities = { eval: 'critical', 'os.system': 'critical', input: 'low' } as const
  return code.split('\n').flatMap((text, index) => {
    const match = LINE_FINDING.exec(text)
    const call = match?.groups?.['call'] as keyof typeof severities | undefined
    if (!match || !call) {
      return []
    }
    const place = {
      line: index + 1,
      column: match.index + 1,
      endLine: index + 1,
      endColumn: match.index + 1 + call.length,
    }
    const message = call === 'input' ? 'Waits for input.' : `Calls ${call}, which runs whatever it is given.`
    return [
      {
        rule: `python-${call.replace('.', '-')}`,
        category: 'calls',
        severity: severities[call],
        message,
        file,
        ...place,
      },
    ]
  })
}
