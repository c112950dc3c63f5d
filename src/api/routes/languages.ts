import { languagesAnswer } from '../../contract/wire/languages.js'
import type { LanguageAnswer } from '../../contract/wire/languages.js'
import type { ApiContext, App } from '../dependencies.js'
import { jsonAnswer } from '../documented-answers.js'
import { toLanguageAnswer } from '../language-answer.js'

export function languagesRoute(app: App, { languages, images, config }: ApiContext): void {
  app.route({
    method: 'GET',
    url: '/api/v1/languages',
    schema: {
      operationId: 'listLanguages',
      tags: ['Service'],
      summary: 'List the languages',
      response: { 200: jsonAnswer('Every language, with versions, limits and a sample.', languagesAnswer) },
    },
    handler: (): Promise<LanguageAnswer[]> =>
      Promise.resolve(languages.all.map((language) => toLanguageAnswer(language, images, config.limits))),
  })
}
