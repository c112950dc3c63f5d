import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { ServiceError } from '../../contract/errors.js'
import { shareAnswer, shareCreated, sharedProgram, shareRequest } from '../../contract/wire/shares.js'
import type { ShareAnswer, ShareCreated, SharedProgram, ShareRequest } from '../../contract/wire/shares.js'
import type { ApiContext, App, Records } from '../dependencies.js'
import { BODY_ERRORS, errorAnswers, jsonAnswer, READ_ERRORS } from '../documented-answers.js'
import { invalidField } from '../invalid-input.js'
import type { ExecutingHooks } from '../plugins/executing.js'
import { isoTime } from '../submission-answer.js'
import { programOf } from '../submission-order.js'

/** Unguessable, and short enough for an address. */
const ID_BYTES = 16

export function shareRoutes(
  app: App,
  context: ApiContext,
  { store }: Records,
  executing: ExecutingHooks,
): void {
  const longestMs = context.config.store.shareRetentionMs

  app.route({
    method: 'POST',
    url: '/api/v1/shares',
    // Writing to the disk of others is worth as much as an execution.
    onRequest: [...executing],
    schema: {
      operationId: 'share',
      tags: ['Records'],
      summary: 'Make an address under which others can open a program',
      body: shareRequest,
      response: {
        201: jsonAnswer('It is kept until it expires.', shareCreated),
        ...errorAnswers([
          ...BODY_ERRORS,
          'LANGUAGE_NOT_SUPPORTED',
          'RATE_LIMITED',
          'CLIENT_STORE_FULL',
          'SHUTTING_DOWN',
          'STORE_FULL',
          'STORE_UNAVAILABLE',
          'INTERNAL_ERROR',
        ]),
      },
    },
    handler: async (request, reply): Promise<ShareCreated> => {
      const { body } = request
      const lifeMs = (body.expiresInSeconds ?? longestMs / 1000) * 1000
      if (lifeMs > longestMs) throw invalidField('expiresInSeconds', `must be at most ${longestMs / 1000}`)
      const createdAtMs = context.clock()
      const id = randomBytes(ID_BYTES).toString('base64url')
      const expiresAtMs = createdAtMs + lifeMs
      await store.addShare(
        { id, createdAtMs, expiresAtMs, content: toProgram(body, context) },
        request.clientKey,
      )
      const { protocol, host } = request
      void reply.code(201).header('location', `/api/v1/shares/${id}`)
      return { id, url: `${protocol}://${host}/?share=${id}`, expiresAt: isoTime(expiresAtMs) }
    },
  })

  app.route({
    method: 'GET',
    url: '/api/v1/shares/:id',
    onRequest: context.bounds.limitReads,
    schema: {
      operationId: 'getShare',
      tags: ['Records'],
      summary: 'Read a shared program',
      params: z.object({ id: z.string() }),
      response: {
        200: jsonAnswer('The program; a body of `/api/v2/execute` but for its dates.', shareAnswer),
        ...errorAnswers(['NOT_FOUND', ...READ_ERRORS]),
      },
    },
    handler: async (request): Promise<ShareAnswer> => {
      const { id: asked } = request.params
      const share = await context.bounds.reads.answer(request, asked, () =>
        store.getShare(asked, context.clock()),
      )
      if (share === undefined) {
        throw new ServiceError('NOT_FOUND', 'There is no such share, or it has expired')
      }
      const { id, createdAtMs, expiresAtMs, content } = share
      return {
        ...sharedProgram.parse(content),
        id,
        createdAt: isoTime(createdAtMs),
        expiresAt: isoTime(expiresAtMs),
      }
    },
  })
}

/** Checked as an execution's would be, whether the language is installed just now or not. */
function toProgram(body: ShareRequest, { languages, config }: ApiContext): SharedProgram {
  const language = languages.require(body.language)
  const { entryPoint } = programOf(body, language, config)
  const files = body.files ?? [{ filename: language.mainFile, code: body.code ?? '' }]
  return {
    language: language.id,
    files: files.map((file) => ({ ...file, isEntryPoint: file.filename === entryPoint })),
    stdin: body.stdin ?? '',
    args: body.args ?? [],
  }
}
