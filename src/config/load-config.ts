import { readFileSync } from 'node:fs'
import path from 'node:path'
import { parseEnv } from 'node:util'
import { LIMIT_NAMES } from '../contract/limits.js'
import { nearestName } from './nearest-name.js'
import { withoutSecrets } from './secrets.js'
import { isVariable, listVariables, MAX_PROGRAMS_AT_ONCE, VARIABLES } from './variables.js'
import type { Config, Variable, VariableGroup } from './variables.js'

const OWN_PREFIX = 'CODEEXEC_'
/** Names that only test suites read; the service may be started by one. */
const TEST_PREFIX = 'CODEEXEC_TEST_'

/** All that is wrong with the settings, one sentence per problem. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(`The configuration cannot be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`)
    this.problems = problems
  }
}

export type Environment = Readonly<Record<string, string | undefined>>

export interface LoadConfigOptions {
  /** The process environment unless given; it wins over the `.env` file. */
  readonly env?: Environment
  /** Folder of the `.env` file and base of relative paths. */
  readonly directory?: string
}

/** Reads the environment and `.env` into a frozen Config, or throws ConfigError naming every problem. */
export function loadConfig(options: LoadConfigOptions = {}): Config {
  const directory = options.directory ?? process.cwd()
  const written = { ...readEnvFile(path.join(directory, '.env')), ...definedOnly(options.env ?? process.env) }
  const problems = unknownNames(written)
  const env = withSecretFiles(written, directory, problems)
  const values = readGroup(VARIABLES, env, problems)
  if (!isComplete(values, problems)) throw new ConfigError(problems)

  const contradictions = findContradictions(values)
  if (contradictions.length > 0) throw new ConfigError(contradictions)
  return freeze({ ...values, dataDirectory: path.resolve(directory, values.dataDirectory) })
}

/** Values read without a problem have the table's shape, which is what Config is. */
function isComplete(values: object, problems: readonly string[]): values is Config {
  return 'host' in values && problems.length === 0
}

function readEnvFile(file: string): Environment {
  try {
    return definedOnly(parseEnv(readFileSync(file, 'utf8')))
  } catch (error) {
    const reason = reasonOf(error)
    if (reason === 'ENOENT') return {}
    throw new ConfigError([`${file} cannot be read (${reason})`])
  }
}

function reasonOf(error: unknown): string {
  return String(error instanceof Error && 'code' in error ? error.code : error)
}

/** An empty variable counts as unset, as compose files write it. */
function definedOnly(env: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '',
    ),
  )
}

const fileNameOf = ({ name }: Variable): string => `${name}_FILE`

/** Secrets are read from the files that `<name>_FILE` names, as container platforms and systemd hand them over. */
function withSecretFiles(env: Environment, directory: string, problems: string[]): Environment {
  const read: Record<string, string> = {}
  for (const variable of listVariables().filter(({ isSecret }) => isSecret)) {
    const file = env[fileNameOf(variable)]
    if (file === undefined) continue
    if (env[variable.name] !== undefined) {
      problems.push(`${variable.name} and ${fileNameOf(variable)} are both set; keep one of them`)
      continue
    }
    try {
      const text = readFileSync(path.resolve(directory, file), 'utf8').trim()
      if (text === '') problems.push(`${fileNameOf(variable)} names ${file}, which is empty`)
      else read[variable.name] = text
    } catch (error) {
      problems.push(`${fileNameOf(variable)} names ${file}, which cannot be read (${reasonOf(error)})`)
    }
  }
  return { ...env, ...read }
}

function unknownNames(env: Environment): string[] {
  const known = listVariables().flatMap((variable) =>
    variable.isSecret ? [variable.name, fileNameOf(variable)] : [variable.name],
  )
  return Object.keys(env)
    .filter((name) => name.startsWith(OWN_PREFIX) && !name.startsWith(TEST_PREFIX))
    .filter((name) => !known.includes(name))
    .map((name) => {
      const nearest = nearestName(
        name,
        known.filter((candidate) => candidate.startsWith(OWN_PREFIX)),
      )
      return `${name} is not a setting of this service; the nearest name is ${nearest}`
    })
}

function readGroup(group: VariableGroup, env: Environment, problems: string[]): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(group).map(([key, entry]) => [
      key,
      isVariable(entry) ? readVariable(entry, env, problems) : readGroup(entry, env, problems),
    ]),
  )
}

function readVariable(variable: Variable, env: Environment, problems: string[]): unknown {
  const written = env[variable.name] ?? variable.fallback?.text
  if (written === undefined) return undefined
  const result = variable.schema.safeParse(written)
  if (result.success) return result.data
  const reason = result.error.issues.map((issue) => issue.message).join(', ')
  // What is refused may still be most of a password.
  const shown = variable.isSecret
    ? 'not shown, as it may hold a secret'
    : JSON.stringify(withoutSecrets(written))
  problems.push(`${variable.name} ${reason}; it is ${shown}`)
  return undefined
}

/** Settings that are each right but cannot be used together. */
function findContradictions(config: Config): string[] {
  const problems: string[] = []
  if (config.role !== 'all' && config.redisUrl === undefined) {
    problems.push(`CODEEXEC_ROLE=${config.role} needs REDIS_URL`)
  }
  problems.push(...authenticationContradictions(config.authentication))
  const slots = config.slots + config.interactive.slots
  if (slots > MAX_PROGRAMS_AT_ONCE) {
    problems.push(
      `${VARIABLES.slots.name} (${config.slots}) and ${VARIABLES.interactive.slots.name} (${config.interactive.slots}) together are above ${MAX_PROGRAMS_AT_ONCE}, the most one process can run; lower one of them, or start more workers`,
    )
  }
  for (const stage of ['run', 'compile'] as const) {
    for (const limit of LIMIT_NAMES) {
      if (config.limits.defaults[stage][limit] > config.limits.maximum[stage][limit]) {
        const name = VARIABLES.limits.defaults[stage][limit].name
        const maximum = VARIABLES.limits.maximum[stage][limit].name
        problems.push(`${name} is above ${maximum}; lower the one or raise the other`)
      }
    }
  }
  for (const limit of ['wallTimeMs', 'memoryBytes', 'maxProcesses'] as const) {
    if (config.limits.compact[limit] > config.limits.maximum.run[limit]) {
      const name = VARIABLES.limits.compact[limit].name
      problems.push(
        `${name} is above ${VARIABLES.limits.maximum.run[limit].name}; lower the one or raise the other`,
      )
    }
  }
  return problems
}

function authenticationContradictions({
  mode,
  apiKeysFile,
  jwksUrl,
  issuer,
  audience,
}: Config['authentication']): string[] {
  const problems: string[] = []
  if (mode !== 'off' && apiKeysFile === undefined && jwksUrl === undefined) {
    problems.push(`CODEEXEC_AUTH=${mode} needs CODEEXEC_API_KEYS_FILE or CODEEXEC_JWKS_URL`)
  }
  if (mode === 'off' && (apiKeysFile !== undefined || jwksUrl !== undefined)) {
    problems.push('API keys and tokens are checked only with CODEEXEC_AUTH=optional or required')
  }
  if (jwksUrl !== undefined && (issuer === undefined || audience === undefined)) {
    problems.push('CODEEXEC_JWKS_URL needs CODEEXEC_JWT_ISSUER and CODEEXEC_JWT_AUDIENCE')
  }
  return problems
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.values(value).forEach(freeze)
    Object.freeze(value)
  }
  return value
}
