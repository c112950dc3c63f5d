/** What a client asked for → an execution that can be queued: language found, limits resolved, text encoded. Pure. */
import { randomUUID } from 'node:crypto'
import type { Config } from '../config/variables.js'
import { ServiceError } from '../contract/errors.js'
import type { ExecutionRequest } from '../contract/execution.js'
import { LIMIT_NAMES } from '../contract/limits.js'
import type { Limits } from '../contract/limits.js'
import type { RequestedLimits } from '../contract/wire/execute.js'
import type { ImageState, ImageStore } from '../images/image-store.js'
import type { LanguageDefinition } from '../languages/define-language.js'
import { resolveLimits } from '../languages/limits.js'
import { isVersionSelector, matchesVersion, requestedVersion } from '../languages/registry.js'
import type { LanguageRegistry } from '../languages/registry.js'
import { invalidField } from './invalid-input.js'
import { encodeText } from './source-files.js'
import type { Program } from './source-files.js'

const NO_INPUT = new Uint8Array(0)

export interface ExecutionSources {
  readonly config: Config
  readonly languages: LanguageRegistry
  readonly images: ImageStore
}

export interface Wishes {
  readonly stdin?: string | null | undefined
  readonly args?: readonly string[] | null | undefined
  readonly limits?: RequestedLimits | null | undefined
  readonly cpus?: number
}

/** The language of a name such as `C++` or `python@3.13`, whose image is ready; throws what the client is told. */
export function chooseLanguage(
  name: string,
  { languages, images }: Omit<ExecutionSources, 'config'>,
): LanguageDefinition {
  const language = languages.require(name)
  const image = images.get(language.id)
  if (image === undefined) {
    throw new ServiceError('LANGUAGE_NOT_READY', `${language.name} ${NOT_READY[images.state(language.id)]}`)
  }
  const version = requestedVersion(name)
  if (version !== undefined && !matchesVersion(image.version, version)) {
    const unread = isVersionSelector(version)
      ? ''
      : `${version} is no version or range such as 3.13, ^3.9 or 3.x; `
    throw new ServiceError(
      'LANGUAGE_NOT_SUPPORTED',
      `Language not supported: ${name} (${unread}installed: ${language.id}@${image.version})`,
    )
  }
  return language
}

/** What follows the language's name. */
const NOT_READY: Readonly<Record<ImageState, string>> = {
  ready: 'has just become ready on this server; try again',
  installing: 'is still being installed on this server; try again in a moment',
  failed:
    'is installed on this server, but its trial run fails; the operator finds the reason in the log and with codeexec doctor',
  absent: 'is not installed on this server',
}

export function toExecutionRequest(
  language: LanguageDefinition,
  program: Program,
  wishes: Wishes,
  config: Config,
): ExecutionRequest {
  const { stdin, args, limits, cpus = config.cpusPerExecution } = wishes
  return {
    jobId: randomUUID(),
    language: language.id,
    files: program.files,
    entryPoint: program.entryPoint,
    stdin: toInput(stdin, config.http.maxStdinBytes),
    args: toArguments(args, config.http.maxArgsBytes),
    limits: toLimits(language, limits, config),
    cpus,
  }
}

function toInput(stdin: string | null | undefined, maxBytes: number): Uint8Array {
  if (stdin === null || stdin === undefined || stdin === '') return NO_INPUT
  const input = encodeText('stdin', stdin)
  if (input.length > maxBytes) {
    throw invalidField('stdin', `has ${input.length} bytes, the maximum is ${maxBytes}`)
  }
  return input
}

function toArguments(args: readonly string[] | null | undefined, maxBytes: number): readonly string[] {
  if (args === null || args === undefined) return []
  args.forEach((arg, index) => {
    if (arg.includes('\0')) throw invalidField(`args[${index}]`, 'contains a NUL character')
    if (!arg.isWellFormed()) throw invalidField(`args[${index}]`, 'is not valid Unicode')
  })
  // Each argument costs its terminating NUL too, as execve counts them.
  const size = args.reduce((sum, arg) => sum + Buffer.byteLength(arg) + 1, 0)
  if (size > maxBytes) throw invalidField('args', `have ${size} bytes, the maximum is ${maxBytes}`)
  return args
}

function toLimits(language: LanguageDefinition, asked: RequestedLimits | null | undefined, config: Config) {
  const { defaults, maximum } = config.limits
  try {
    return resolveLimits({ defaults, maximum, language, requested: { run: withoutNulls(asked) } })
  } catch (error) {
    throw asClientWroteIt(error)
  }
}

function withoutNulls(asked: RequestedLimits | null | undefined): Partial<Limits> {
  const given: { -readonly [Name in keyof Limits]?: number } = {}
  for (const name of LIMIT_NAMES) {
    const value = asked?.[name]
    if (value !== null && value !== undefined) given[name] = value
  }
  return given
}

/** A request's `limits` are those of the run stage, so its fields have no stage in their paths. */
function asClientWroteIt(error: unknown): unknown {
  if (!(error instanceof ServiceError) || error.details === undefined) return error
  const details = error.details.map((detail) => ({
    ...detail,
    path: detail.path.replace('limits.run.', 'limits.'),
  }))
  return new ServiceError(error.code, error.message, { cause: error, details })
}
