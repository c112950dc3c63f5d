import type { FastifyRequest, onRequestHookHandler } from 'fastify'
import type { Config } from '../../config/variables.js'
import { ServiceError } from '../../contract/errors.js'
import type { ExecutionRequest } from '../../contract/execution.js'
import type { InteractiveStart } from '../../contract/wire/interactive.js'
import type { LanguageDefinition } from '../../languages/define-language.js'
import { clientOf } from '../bounds/client-of.js'
import type { ApiContext, App } from '../dependencies.js'
import { errorAnswers } from '../documented-answers.js'
import { chooseLanguage, toExecutionRequest } from '../execution-request.js'
import type { InteractiveSocket } from '../interactive/interactive-socket.js'
import type { SessionEnd } from '../interactive/session.js'
import { Session } from '../interactive/session.js'
import { SessionQuota } from '../interactive/session-quota.js'
import { invalidField } from '../invalid-input.js'
import type { ExecutingHooks } from '../plugins/executing.js'
import { programOfFiles, programOfOneFile } from '../source-files.js'
import type { Program } from '../source-files.js'

export function interactiveRoute(app: App, context: ApiContext, executing: ExecutingHooks): void {
  const { config, sessions = context.queue, bounds } = context
  const { maxPerClient, maxMessageBytes, pingIntervalMs } = config.interactive
  /** Connections that may be made but must be refused, for a browser shows a page no other answer than messages. */
  const refused = new WeakMap<FastifyRequest, ServiceError>()
  const quota = new SessionQuota(maxPerClient)

  const noteRefusal: onRequestHookHandler = function (request, reply, done) {
    if (!request.ws) return done()
    for (const hook of executing) {
      let refusal: Error | undefined
      hook.call(this, request, reply, (error) => {
        refusal = error
      })
      if (refusal instanceof ServiceError) refused.set(request, refusal)
      if (refusal !== undefined) break
    }
    done()
  }

  app.route({
    method: 'GET',
    url: '/api/v1/interactive',
    onRequest: noteRefusal,
    schema: {
      operationId: 'interactive',
      tags: ['Execution'],
      summary: 'Talk to a program over a WebSocket',
      description:
        'Connect with `ws://` or `wss://`, send `{"type": "start", "language": …, "code": …}` (the fields of an ' +
        'execution, and `tty` for a terminal), then `stdin`, `stdin-end`, `signal`, `resize`. Output comes as it ' +
        'is written, at the end `result`. One program per socket; closing it kills the program.',
      response: errorAnswers(['UPGRADE_REQUIRED']),
    },
    handler: (_request, reply) => {
      void reply.header('upgrade', 'websocket').header('connection', 'Upgrade')
      throw new ServiceError(
        'UPGRADE_REQUIRED',
        'This address is for WebSockets; connect with ws:// or wss://',
      )
    },
    wsHandler: (socket, request) => {
      const startedMs = performance.now()
      const client = clientOf(request)
      const tooMany = bounds.sockets.take(client, 1)
      if (tooMany === undefined) socket.once('close', () => bounds.sockets.give(client, 1))
      const refusal = refused.get(request) ?? tooMany ?? quota.enter(request.clientKey)
      const session = new Session(socket as InteractiveSocket, {
        queue: sessions,
        toExecution: (start) => toInteractiveExecution(start, context),
        runtimeVersion: (language) => context.images.get(language)?.version ?? '',
        clientKey: request.clientKey,
        connection: request.raw.socket,
        client,
        bounds,
        maxMessageBytes,
        maxStartBytes: config.http.bodyLimitBytes,
        pingIntervalMs,
        onEnd: (end) => {
          if (refusal === undefined) quota.leave(request.clientKey)
          logEnd(request, end, startedMs)
        },
      })
      if (refusal !== undefined) session.fail(refusal)
    },
  })
}

function logEnd({ log }: FastifyRequest, { jobId, closeCode, error }: SessionEnd, startedMs: number): void {
  const fields = { jobId, closeCode, durationMs: Math.round(performance.now() - startedMs) }
  const isFault = error?.code === 'INTERNAL_ERROR' || error?.cause !== undefined
  if (isFault && closeCode !== 1008) log.error({ ...fields, err: error }, 'session failed')
  else log.info({ ...fields, code: error?.code }, 'session')
}

function toInteractiveExecution(start: InteractiveStart, context: ApiContext): ExecutionRequest {
  const { config } = context
  const { sessionTimeMs, idleTimeMs } = config.interactive
  const language = chooseLanguage(start.language, context)
  const program = toProgram(start, language, config)
  const limits = { ...start.limits, wallTimeMs: start.limits?.wallTimeMs ?? sessionTimeMs }
  const execution = toExecutionRequest(language, program, { ...start, limits }, withSessionTime(config))
  const { tty } = start
  return {
    ...execution,
    interactive: { idleTimeMs, ...(tty !== null && tty !== undefined && { tty }) },
  }
}

function toProgram({ code, files }: InteractiveStart, language: LanguageDefinition, config: Config): Program {
  const hasCode = code !== null && code !== undefined
  const hasFiles = files !== null && files !== undefined
  if (hasCode === hasFiles) {
    throw hasCode
      ? invalidField('code', 'and files are both given; send one of them')
      : invalidField('code', 'is required')
  }
  if (hasCode) return programOfOneFile(code, language.mainFile)
  return programOfFiles(files ?? [], {
    maxFiles: config.http.maxFiles,
    extraFiles: Object.keys(language.extraFiles ?? {}),
  })
}

/** A session may take longer than any other program, for it waits for people. */
function withSessionTime(config: Config): Config {
  const { maximum } = config.limits
  const run = { ...maximum.run, wallTimeMs: config.interactive.sessionTimeMs }
  return { ...config, limits: { ...config.limits, maximum: { ...maximum, run } } }
}
