/** Zod schemas → the schemas of the OpenAPI document: those with an id are written once, as components. */
import type { SwaggerTransform, SwaggerTransformObject } from '@fastify/swagger'
import { z } from 'zod'

const COMPONENTS = '#/components/schemas/'

/** Answers may gain fields, so they are described as requests are: further fields are not forbidden. */
const SETTINGS = {
  io: 'input',
  override: ({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }) => {
    // Every whole number has these bounds, so they say nothing.
    if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
    if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
  },
} as const

type JsonSchema = Record<string, unknown>

/** A schema as a reference to its component, or written out where it has none. */
function toJsonSchema(schema: z.ZodType): JsonSchema {
  const { id } = schema.meta() ?? {}
  if (id !== undefined) return { $ref: `${COMPONENTS}${id}` }
  const written = JSON.stringify(z.toJSONSchema(schema, SETTINGS)).replaceAll('"#/$defs/', `"${COMPONENTS}`)
  return withoutIdentity(z.record(z.string(), z.unknown()).parse(JSON.parse(written)))
}

/** What names a schema or carries others inside it, which is the document's business. */
const IDENTITY = new Set(['$id', '$schema', '$defs', 'id'])

function withoutIdentity(schema: object): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => !IDENTITY.has(keyword)))
}

function examplesOf(schema: z.ZodType): unknown[] {
  const examples = schema.meta()?.['examples']
  return Array.isArray(examples) ? examples : []
}

/** One documented answer of a route. */
const documentedAnswer = z.object({
  description: z.string(),
  headers: z.record(z.string(), z.unknown()).optional(),
  content: z.record(
    z.string(),
    z.object({ schema: z.instanceof(z.ZodType), example: z.unknown().optional() }),
  ),
})

function toAnswer(answer: unknown): JsonSchema {
  const { content, ...rest } = documentedAnswer.parse(answer)
  const media = Object.entries(content).map(([type, { schema, example = examplesOf(schema)[0] }]) => {
    return [type, { schema: toJsonSchema(schema), ...(example === undefined ? {} : { example }) }]
  })
  return { ...rest, content: Object.fromEntries(media) }
}

/** Turns a route's Zod schemas into those of the document. */
export const transformRoute: SwaggerTransform = ({ schema, url }) => {
  const written: JsonSchema = { ...schema }
  for (const part of ['body', 'params', 'querystring', 'headers']) {
    const value = written[part]
    if (value instanceof z.ZodType) written[part] = toJsonSchema(value)
  }
  if (typeof schema?.response === 'object' && schema.response !== null) {
    const answers = Object.entries(schema.response).map(([status, answer]) => [status, toAnswer(answer)])
    written['response'] = Object.fromEntries(answers)
  }
  return { schema: written, url }
}

/** Adds the components that routes refer to. */
export const addComponents: SwaggerTransformObject = (document) => {
  if (!('openapiObject' in document)) return {}
  const { schemas } = z.toJSONSchema(z.globalRegistry, { ...SETTINGS, uri: (id) => `${COMPONENTS}${id}` })
  const components = Object.entries(schemas).map(([id, schema]) => [id, withoutIdentity(schema)])
  const { openapiObject } = document
  return {
    ...openapiObject,
    components: { ...openapiObject.components, schemas: Object.fromEntries(components) },
  }
}
