/** Zod schemas check bodies, and say in our own words what is wrong where. */
import type { FastifySchemaCompiler, FastifyServerOptions } from 'fastify'
import { z } from 'zod'
import type { ErrorDetail } from '../../contract/errors.js'
import { invalidField, invalidInput } from '../invalid-input.js'

/**
 * Entries of one list, before they are looked at one by one: a list of five million wrong ones would make as many
 * problems to report.
 */
const MAX_LIST_ENTRIES = 1000

/**
 * How Fastify checks bodies and writes answers. Given when the server is made, and not later, so that its own
 * compilers are not loaded: they would take megabytes, and nothing would use them.
 */
export const ZOD_SCHEMAS: NonNullable<FastifyServerOptions['schemaController']> = {
  compilersFactory: {
    // Typed for schemas of Ajv, of which there are none.
    buildValidator: () => validatorOf as never,
    // Answers are built by typed functions; checking them again would cost a pass over every output.
    buildSerializer: () => () => (data) => JSON.stringify(data),
  },
}

const validatorOf: FastifySchemaCompiler<z.ZodType> = ({ schema }) => {
  const fields = schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
  return (data: unknown) => {
    const longList = fields.find((field) => listLength(data, field) > MAX_LIST_ENTRIES)
    if (longList !== undefined) {
      return { error: invalidField(longList, `has more than ${MAX_LIST_ENTRIES} entries`) }
    }
    const result = schema.safeParse(data, { error: problemSentence })
    return result.success
      ? { value: result.data }
      : { error: invalidInput(result.error.issues.map(toDetail)) }
  }
}

/** The data as the schema lets it through, or the error that says what is wrong with it. */
export function checkAgainst<Schema extends z.ZodType>(schema: Schema, data: unknown): z.output<Schema> {
  const result = schema.safeParse(data, { error: problemSentence })
  if (!result.success) throw invalidInput(result.error.issues.map(toDetail))
  return result.data
}

function listLength(data: unknown, field: string): number {
  if (typeof data !== 'object' || data === null) return 0
  const value: unknown = Reflect.get(data, field)
  return Array.isArray(value) ? value.length : 0
}

function toDetail(issue: z.core.$ZodIssue): ErrorDetail {
  return { path: fieldPath(issue.path), message: issue.message }
}

/** `['files', 1, 'filename']` → `files[1].filename`. */
export function fieldPath(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'the body'
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`
    return text === '' ? String(key) : `${text}.${String(key)}`
  }, '')
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a JSON object',
}

/** What is counted where a size is wrong. */
const COUNTED: Readonly<Record<string, string>> = { string: 'characters', array: 'entries' }

/** Ends the sentence that the field's path begins. */
function problemSentence(issue: z.core.$ZodRawIssue): string {
  if (issue.code === 'invalid_type') {
    const missing = issue.input === undefined && issue.path?.length !== 0
    return missing ? 'is required' : `must be ${TYPE_NAMES[issue.expected] ?? issue.expected}`
  }
  if (issue.code === 'invalid_value') {
    return `must be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`
  }
  if (issue.code === 'too_small') {
    return issue.origin in COUNTED ? 'must not be empty' : `must be at least ${issue.minimum}`
  }
  if (issue.code === 'too_big') {
    const counted = COUNTED[issue.origin]
    return counted === undefined
      ? `must be at most ${issue.maximum}`
      : `must have at most ${issue.maximum} ${counted}`
  }
  if (issue.code === 'unrecognized_keys') {
    return `has unknown fields: ${issue.keys.slice(0, 5).join(', ')}`
  }
  return issue.message ?? 'is not valid'
}
