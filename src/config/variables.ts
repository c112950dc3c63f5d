/**
 * Every environment variable the service reads. The shape of this table is the shape of `Config`;
 * defaults are written as an operator would write them and pass through the same schema.
 */
import { fileURLToPath } from 'node:url'
import type { z } from 'zod'
import { thisMachine } from '../machine/machine.js'
import {
  bytes,
  bytesOrNone,
  bytesOrOff,
  durationMs,
  hostNames,
  languageList,
  mongodbUrl,
  networks,
  onOff,
  oneOf,
  origins,
  percentage,
  positiveNumber,
  rate,
  text,
  url,
  webhookSecret,
  wholeNumber,
} from './values.js'

type ValueSchema = z.ZodType<unknown, string>

interface DefaultValue {
  readonly text: string
  /** What the documentation shows where the default depends on the machine. */
  readonly shown?: string
}

/** One environment variable; `fallback` null means unset by default. */
export interface Variable<Schema extends ValueSchema = ValueSchema, Fallback = DefaultValue | null> {
  readonly name: string
  readonly description: string
  readonly schema: Schema
  readonly fallback: Fallback
  /** It is one, or an address that may hold one: never shown whole, and `<name>_FILE` may name a file that has it. */
  readonly isSecret?: true
}

export interface VariableGroup {
  readonly [key: string]: Variable | VariableGroup
}

function variable<Schema extends ValueSchema>(
  name: string,
  schema: Schema,
  fallback: string | DefaultValue,
  description: string,
): Variable<Schema, DefaultValue> {
  return {
    name,
    description,
    schema,
    fallback: typeof fallback === 'string' ? { text: fallback } : fallback,
  }
}

function optional<Schema extends ValueSchema>(
  name: string,
  schema: Schema,
  description: string,
): Variable<Schema, null> {
  return { name, description, schema, fallback: null }
}

/** As `optional`, for a secret or an address that may hold one. */
function secret<Schema extends ValueSchema>(
  name: string,
  schema: Schema,
  description: string,
): Variable<Schema, null> {
  return { ...optional(name, schema, description), isSecret: true }
}

function dataDirectory(): DefaultValue {
  const shown = '`/var/lib/codeexec` as root, else `data` in the project'
  const isRoot = process.getuid?.() === 0
  return {
    text: isRoot ? '/var/lib/codeexec' : fileURLToPath(new URL('../../data', import.meta.url)),
    shown,
  }
}

/** Default texts of one stage's six limits. */
interface LimitTexts {
  readonly wallTime: string
  readonly cpuTime: string
  readonly memory: string
  readonly processes: string
  readonly output: string
  readonly files: string
}

function stageLimits(prefix: string, what: string, texts: LimitTexts) {
  return {
    wallTimeMs: variable(`${prefix}_WALL_TIME`, durationMs, texts.wallTime, `${what}: wall-clock time.`),
    cpuTimeMs: variable(
      `${prefix}_CPU_TIME`,
      durationMs,
      texts.cpuTime,
      `${what}: CPU time of all processes and threads together.`,
    ),
    memoryBytes: variable(
      `${prefix}_MEMORY`,
      bytes,
      texts.memory,
      `${what}: memory of all processes together, files in the work folder included.`,
    ),
    maxProcesses: variable(
      `${prefix}_PROCESSES`,
      wholeNumber(1, 32_768),
      texts.processes,
      `${what}: processes and threads at once.`,
    ),
    outputBytes: variable(
      `${prefix}_OUTPUT`,
      bytes,
      texts.output,
      `${what}: bytes of standard output, and as many of standard error.`,
    ),
    fileSizeBytes: variable(
      `${prefix}_FILES`,
      bytes,
      texts.files,
      `${what}: bytes of all files in the work folder and /tmp together.`,
    ),
  }
}

const DEFAULT_LIMITS: LimitTexts = {
  wallTime: '5s',
  cpuTime: '5s',
  memory: '256MiB',
  processes: '64',
  output: '1MiB',
  files: '64MiB',
}

const MAXIMUM_LIMITS: LimitTexts = {
  wallTime: '30s',
  cpuTime: '30s',
  memory: '1GiB',
  processes: '256',
  output: '16MiB',
  files: '256MiB',
}

/** Programs of both kinds at once: each has a uid of its own, images name 128 of them, and four are spare. */
export const MAX_PROGRAMS_AT_ONCE = 124
const DEFAULT_INTERACTIVE_SLOTS = 32
/** Each has a place of its own in the driver, with the fork servers that live in it. */
const DEFAULT_IDLE_PROGRAMS = 8
const MOST_DEFAULT_SLOTS = MAX_PROGRAMS_AT_ONCE - DEFAULT_INTERACTIVE_SLOTS - DEFAULT_IDLE_PROGRAMS
/** Whole ones: a quota of a fraction is still one program at a time. */
const CPUS = Math.ceil(thisMachine().cpus())
const DEFAULT_SLOTS = Math.min(CPUS, MOST_DEFAULT_SLOTS)

export const VARIABLES = {
  host: variable('HOST', text, '127.0.0.1', 'Address to listen on; `0.0.0.0` or `::` for every interface.'),
  port: variable('PORT', wholeNumber(0, 65_535), '3000', 'Port to listen on; 0 takes any free one.'),
  role: variable(
    'CODEEXEC_ROLE',
    oneOf('all', 'api', 'worker'),
    'all',
    'What this process does: everything, HTTP only, or execution only. `api` and `worker` need `REDIS_URL`; with `MONGODB_URL` an `api` also has what outlives a request.',
  ),
  sandbox: variable(
    'CODEEXEC_SANDBOX',
    oneOf('namespaces', 'docker'),
    'namespaces',
    'How programs are isolated.',
  ),
  dataDirectory: variable(
    'CODEEXEC_DATA_DIR',
    text,
    dataDirectory(),
    'Folder for language images, the database and caches.',
  ),
  user: optional(
    'CODEEXEC_USER',
    text,
    'User, by name or number, that the service becomes when it is started as root; where unset, `codeexec` if there is such a user, else the number 899999. `root` stays root, which is weaker.',
  ),
  languages: variable(
    'CODEEXEC_LANGUAGES',
    languageList,
    'all',
    'Languages whose images are prepared and offered.',
  ),
  slots: variable(
    'CODEEXEC_SLOTS',
    wholeNumber(1, MAX_PROGRAMS_AT_ONCE - 1),
    {
      text: String(DEFAULT_SLOTS),
      shown: `number of CPUs the service may use, at most ${MOST_DEFAULT_SLOTS}`,
    },
    'Programs that run at once; the others wait in the queue. With `CODEEXEC_INTERACTIVE_SLOTS` at most 124.',
  ),
  cpusPerExecution: variable(
    'CODEEXEC_CPUS',
    positiveNumber,
    { text: String(Math.min(CPUS, 2)), shown: '2, or 1 where the service may use no more' },
    'CPUs one program or compiler may use at once; may be a fraction. Two let compilers and virtual machines start faster.',
  ),
  memoryReserveBytes: variable(
    'CODEEXEC_MEMORY_RESERVE',
    bytesOrNone,
    '128MiB',
    'Executions are refused with a 503 while the machine, or the service’s control group, has less memory than this available; `0` refuses never.',
  ),
  warm: variable(
    'CODEEXEC_WARM',
    onOff,
    'on',
    'Prepare sandboxes and interpreters before requests come, for speed.',
  ),
  warmRenewalMs: variable(
    'CODEEXEC_WARM_RENEWAL',
    durationMs,
    '10m',
    'Longest that programs are made by the same fork server, from one second to a day: what it has in common with its programs (hash seed, addresses) is new then.',
  ),
  warmMemoryBytes: variable(
    'CODEEXEC_WARM_MEMORY',
    bytes,
    '384MiB',
    'Memory that compilers and runtimes started ahead may take together; less is used where there is no demand or the machine is short of memory.',
  ),
  compileCacheBytes: variable(
    'CODEEXEC_COMPILE_CACHE',
    bytesOrOff,
    '32MiB',
    'Memory of each process that runs programs for what compilers made, so that an unchanged program is not compiled again; `off` compiles always.',
  ),
  logLevel: variable(
    'CODEEXEC_LOG_LEVEL',
    oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'),
    'info',
    'Least severe log lines to write. Code, input, output and addresses are never logged.',
  ),
  http: {
    trustedProxies: variable(
      'CODEEXEC_TRUSTED_PROXY',
      networks,
      { text: '', shown: 'none' },
      'Proxies whose `X-Forwarded-For` is believed; without them the address of the connection counts.',
    ),
    rateLimit: variable(
      'CODEEXEC_RATE_LIMIT',
      rate,
      '100/15m',
      'Requests per client address to the endpoints that execute code.',
    ),
    readRateLimit: variable(
      'CODEEXEC_READ_RATE_LIMIT',
      rate,
      '6000/1m',
      'Requests per client address to the endpoints that read submissions, shares and saved executions. Loose, as programs poll.',
    ),
    allowedHosts: variable(
      'CODEEXEC_ALLOWED_HOSTS',
      hostNames,
      { text: '', shown: 'any' },
      'Names by which the service is addressed (`Host`); requests to others are a 421, health checks aside. Set it where browsers can reach a service that is not public, against DNS rebinding.',
    ),
    allowedOrigins: variable(
      'CODEEXEC_ALLOWED_ORIGINS',
      origins,
      { text: '', shown: 'any' },
      'Origins whose pages may use the service, beside its own; requests and WebSockets of other pages are a 403. Programs send no `Origin` and are not concerned.',
    ),
    bodyLimitBytes: variable(
      'CODEEXEC_BODY_LIMIT',
      bytes,
      '10MiB',
      'Largest request body; larger ones are a 413.',
    ),
    bodies: {
      maxBytes: variable(
        'CODEEXEC_BODY_BYTES',
        bytes,
        '48MiB',
        'Bytes of request bodies and WebSocket messages held at once, from their arrival to their answer; what comes above is a 503. Each byte can cost four for a moment.',
      ),
      maxBytesPerClient: variable(
        'CODEEXEC_CLIENT_BODY_BYTES',
        bytes,
        '24MiB',
        'The same for one client; above it is a 429. One body always fits.',
      ),
    },
    answers: {
      maxBytes: variable(
        'CODEEXEC_ANSWER_BYTES',
        bytes,
        '48MiB',
        'Characters of answers and events that clients have not read yet; what comes above is a 503. One takes a byte, or two in a text that goes beyond Latin-1.',
      ),
      maxBytesPerClient: variable(
        'CODEEXEC_CLIENT_ANSWER_BYTES',
        bytes,
        '24MiB',
        'The same for one client; above it is a 429. One answer always fits.',
      ),
    },
    connections: {
      max: variable(
        'CODEEXEC_CONNECTIONS',
        wholeNumber(1, 1_000_000),
        '4096',
        'Connections at once; further ones are closed with a 503. Stay below the limit of open files.',
      ),
      maxPerClient: variable(
        'CODEEXEC_CLIENT_CONNECTIONS',
        wholeNumber(1, 1_000_000),
        '512',
        'Connections of one client address at once; further ones are closed with a 429. Those of trusted proxies are not counted.',
      ),
    },
    followers: {
      max: variable(
        'CODEEXEC_FOLLOWERS',
        wholeNumber(1, 1_000_000),
        '1000',
        'Requests at once that follow a submission or wait for it (`/events`, `?wait=`); further ones are a 503.',
      ),
      maxPerClient: variable(
        'CODEEXEC_CLIENT_FOLLOWERS',
        wholeNumber(1, 1_000_000),
        '100',
        'The same for one client; further ones are a 429.',
      ),
    },
    maxFiles: variable('CODEEXEC_MAX_FILES', wholeNumber(1, 1000), '100', 'Files in one request.'),
    maxStdinBytes: variable('CODEEXEC_MAX_STDIN', bytes, '10MiB', 'Standard input of one request.'),
    maxArgsBytes: variable(
      'CODEEXEC_MAX_ARGS',
      bytes,
      '64KiB',
      'Command line arguments of one request, all together.',
    ),
  },
  authentication: {
    mode: variable(
      'CODEEXEC_AUTH',
      oneOf('off', 'optional', 'required'),
      'off',
      'Whether clients say who they are: nobody does, whoever has a limit of its own does, or everybody must. Health, metrics, languages and pages stay open.',
    ),
    apiKeysFile: optional(
      'CODEEXEC_API_KEYS_FILE',
      text,
      'File with a line for each API key; `codeexec api-key <name> [rate]` makes one. Read at start.',
    ),
    jwksUrl: optional(
      'CODEEXEC_JWKS_URL',
      url('https', 'http'),
      'Where the identity provider publishes the keys that verify its tokens.',
    ),
    issuer: optional('CODEEXEC_JWT_ISSUER', text, 'Who must have issued a token (`iss`).'),
    audience: optional('CODEEXEC_JWT_AUDIENCE', text, 'Whom a token must be meant for (`aud`).'),
    tokenRateLimit: optional(
      'CODEEXEC_JWT_RATE_LIMIT',
      rate,
      'Requests per subject of a token; `CODEEXEC_RATE_LIMIT` where unset.',
    ),
  },
  tracing: {
    disabled: variable(
      'OTEL_SDK_DISABLED',
      oneOf('true', 'false'),
      'false',
      'No traces, whatever else is set.',
    ),
    exporter: optional(
      'OTEL_TRACES_EXPORTER',
      oneOf('otlp', 'console', 'none'),
      'Where traces go; `otlp` where unset and an endpoint is named, else nowhere.',
    ),
    endpoint: optional(
      'OTEL_EXPORTER_OTLP_ENDPOINT',
      url('http', 'https'),
      'Collector of traces over HTTP. This and the other names that OpenTelemetry itself reads (`OTEL_SERVICE_NAME`, `OTEL_TRACES_SAMPLER`, `OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_RESOURCE_ATTRIBUTES`, `OTEL_BSP_…`) must stand in the environment, not in `.env`.',
    ),
    tracesEndpoint: optional(
      'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
      url('http', 'https'),
      'The same, as the whole address.',
    ),
  },
  queue: {
    capacity: variable(
      'CODEEXEC_QUEUE_CAPACITY',
      wholeNumber(0, 1_000_000),
      '1000',
      'Executions that may wait; further ones are refused with 503.',
    ),
    maxBytes: variable(
      'CODEEXEC_QUEUE_BYTES',
      bytes,
      '256MiB',
      'Bytes of the requests (sources, input, tests) of all executions that wait or run; further ones are refused with 503. In Redis at most a quarter of its `maxmemory`. Programs that clients talk to have as much again.',
    ),
    clientShare: variable(
      'CODEEXEC_QUEUE_CLIENT_SHARE',
      percentage,
      '90%',
      'The part of the queue, of its places and of its bytes, that one client alone may take up; less where others wait as well, so that there is room for one who comes. `100%` lets one client fill it.',
    ),
    drainDeadlineMs: variable(
      'CODEEXEC_DRAIN_DEADLINE',
      durationMs,
      '30s',
      'Time that queued and running executions get to finish when the service is told to stop.',
    ),
  },
  interactive: {
    slots: variable(
      'CODEEXEC_INTERACTIVE_SLOTS',
      wholeNumber(1, MAX_PROGRAMS_AT_ONCE - 1),
      String(DEFAULT_INTERACTIVE_SLOTS),
      'Programs that clients talk to at once, beside the others: most of the time they wait for input. Further ones queue.',
    ),
    sessionTimeMs: variable(
      'CODEEXEC_INTERACTIVE_SESSION',
      durationMs,
      '10m',
      'Wall-clock time of a program that a client talks to, default and maximum; its CPU time is that of any program.',
    ),
    idleTimeMs: variable(
      'CODEEXEC_INTERACTIVE_IDLE',
      durationMs,
      '2m',
      'Time with neither input nor output after which such a program is stopped.',
    ),
    pingIntervalMs: variable(
      'CODEEXEC_INTERACTIVE_PING',
      durationMs,
      '15s',
      'Time between pings; a client from which nothing is heard between two of them is gone.',
    ),
    maxMessageBytes: variable(
      'CODEEXEC_INTERACTIVE_MESSAGE',
      bytes,
      '4MiB',
      'Largest message after the first, which may be as large as a request body.',
    ),
    maxPerClient: variable(
      'CODEEXEC_INTERACTIVE_PER_CLIENT',
      wholeNumber(1, 100_000),
      '4',
      'Interactive connections of one client at once; further ones are refused.',
    ),
    maxSockets: variable(
      'CODEEXEC_INTERACTIVE_SOCKETS',
      wholeNumber(1, 100_000),
      '1000',
      'Interactive connections at once, waiting ones included.',
    ),
    maxSocketsPerClient: variable(
      'CODEEXEC_CLIENT_INTERACTIVE_SOCKETS',
      wholeNumber(1, 100_000),
      '250',
      'Interactive connections of one client at once, waiting ones included.',
    ),
  },
  idle: {
    programs: variable(
      'CODEEXEC_IDLE_PROGRAMS',
      wholeNumber(0, MAX_PROGRAMS_AT_ONCE),
      String(DEFAULT_IDLE_PROGRAMS),
      'Programs that run but use no CPU, beside those that hold a slot: one that sleeps or waits for input gives its slot back. One client may have half of what is free; fewer where the slots leave less than this of 124. `0` lets such programs keep their slots.',
    ),
    memoryBytes: variable(
      'CODEEXEC_IDLE_MEMORY',
      bytes,
      {
        text: String(Math.floor(thisMachine().memoryBytes() / 2)),
        shown: 'half of the memory the service may use',
      },
      'What the memory limits of those programs may be together.',
    ),
  },
  store: {
    folder: optional(
      'CODEEXEC_DATABASE_DIR',
      text,
      'Folder of the embedded database; `database` in the data folder when unset. Not used with `MONGODB_URL`.',
    ),
    submissionRetentionMs: variable(
      'CODEEXEC_SUBMISSION_RETENTION',
      durationMs,
      '24h',
      'How long a submission is kept after it has ended.',
    ),
    executionRetentionMs: variable(
      'CODEEXEC_EXECUTION_RETENTION',
      durationMs,
      '30d',
      'How long an execution saved with `saveMetric` is kept.',
    ),
    shareRetentionMs: variable(
      'CODEEXEC_SHARE_RETENTION',
      durationMs,
      '30d',
      'How long a shared program is kept at most.',
    ),
    maxRecords: variable(
      'CODEEXEC_MAX_RECORDS',
      wholeNumber(1),
      '1000000',
      'Submissions, saved executions and shares kept, each. Beyond it the oldest submissions and executions of whoever has most go, and new shares are refused.',
    ),
    maxBytes: variable(
      'CODEEXEC_MAX_STORE',
      bytes,
      '4GiB',
      'Room that all records together may take on the disk. Where it is used up, the oldest records of whoever holds most make room for new ones.',
    ),
    clientBytes: optional(
      'CODEEXEC_CLIENT_STORE',
      bytes,
      'Room that the submissions and saved executions of one client may take; beyond it its own oldest go. A quarter of `CODEEXEC_MAX_STORE` when unset.',
    ),
    clientShareBytes: optional(
      'CODEEXEC_CLIENT_SHARES',
      bytes,
      'Room that the shares of one client may take; beyond it new ones are refused until some expire. One 32nd of `CODEEXEC_MAX_STORE` when unset.',
    ),
    pruneIntervalMs: variable(
      'CODEEXEC_PRUNE_INTERVAL',
      durationMs,
      '1m',
      'How often records past their time are deleted.',
    ),
  },
  submissions: {
    maxWaitMs: variable(
      'CODEEXEC_MAX_WAIT',
      durationMs,
      '60s',
      'Longest time that `?wait=` holds an answer back.',
    ),
  },
  webhooks: {
    secret: secret(
      'CODEEXEC_WEBHOOK_SECRET',
      webhookSecret,
      'Signs callbacks; made and kept in the database on the first start when unset.',
    ),
    allowedNetworks: variable(
      'CODEEXEC_WEBHOOK_ALLOW',
      networks,
      { text: '', shown: 'none' },
      'Private networks that callbacks may be sent to all the same.',
    ),
  },
  limits: {
    defaults: {
      run: stageLimits('CODEEXEC_RUN', 'Default limit of a program', DEFAULT_LIMITS),
      compile: stageLimits('CODEEXEC_COMPILE', 'Default limit of a compiler', {
        ...DEFAULT_LIMITS,
        wallTime: '15s',
        cpuTime: '15s',
        memory: '512MiB',
      }),
    },
    maximum: {
      run: stageLimits('CODEEXEC_MAX_RUN', 'Most that a request may ask for a program', MAXIMUM_LIMITS),
      compile: stageLimits('CODEEXEC_MAX_COMPILE', 'Most that a request may ask for a compiler', {
        ...MAXIMUM_LIMITS,
        wallTime: '60s',
        cpuTime: '60s',
        memory: '2GiB',
      }),
    },
    compact: {
      wallTimeMs: variable(
        'CODEEXEC_COMPACT_WALL_TIME',
        durationMs,
        '2s',
        '`POST /run`: wall-clock and CPU time.',
      ),
      memoryBytes: variable('CODEEXEC_COMPACT_MEMORY', bytes, '256MiB', '`POST /run`: memory.'),
      maxProcesses: variable(
        'CODEEXEC_COMPACT_PROCESSES',
        wholeNumber(1, 32_768),
        '64',
        '`POST /run`: processes and threads at once.',
      ),
      cpus: variable('CODEEXEC_COMPACT_CPUS', positiveNumber, '1', '`POST /run`: CPUs at once.'),
    },
  },
  redisUrl: secret(
    'REDIS_URL',
    url('redis', 'rediss'),
    'Redis that carries the queue between machines: one server, no Cluster and no Sentinel.',
  ),
  mongodbUrl: secret(
    'MONGODB_URL',
    mongodbUrl,
    'MongoDB that keeps records instead of the embedded database.',
  ),
  docker: {
    host: optional(
      'DOCKER_HOST',
      url('unix', 'tcp', 'http', 'https'),
      'Docker Engine to use with `CODEEXEC_SANDBOX=docker`; its usual socket when unset.',
    ),
    certificates: optional(
      'DOCKER_CERT_PATH',
      text,
      'Folder of `ca.pem`, `cert.pem` and `key.pem` for an engine behind TLS; port 2376 unless `DOCKER_HOST` names one.',
    ),
    runtime: optional(
      'CODEEXEC_DOCKER_RUNTIME',
      text,
      'OCI runtime for programs, by the name the engine knows it by, such as `runsc` or `kata`; the engine’s default when unset.',
    ),
    pool: variable(
      'CODEEXEC_DOCKER_POOL',
      wholeNumber(0, 1024),
      {
        text: String(Math.max(4, Math.min(CPUS, MAX_PROGRAMS_AT_ONCE) * 2)),
        shown: 'twice the number of CPUs the service may use, at least 4',
      },
      'Containers that may wait for a program at once; none with `CODEEXEC_WARM=off`.',
    ),
    registry: optional(
      'CODEEXEC_DOCKER_REGISTRY',
      text,
      'Registry that language images are pulled from and pushed to, such as `registry.example.com/team`.',
    ),
    baseImage: variable(
      'CODEEXEC_DOCKER_BASE',
      text,
      'debian:trixie-20260316-slim',
      'Debian 13 image that language images are built on.',
    ),
    buildNetwork: optional(
      'CODEEXEC_DOCKER_BUILD_NETWORK',
      text,
      'Network mode of image builds, which fetch packages, such as `host`; the engine’s default when unset.',
    ),
  },
} as const satisfies VariableGroup

type ValueOf<Entry> =
  Entry extends Variable<infer Schema, infer Fallback>
    ? z.output<Schema> | (Fallback extends null ? undefined : never)
    : { readonly [Key in keyof Entry]: ValueOf<Entry[Key]> }

/** All settings, checked and frozen. */
export type Config = ValueOf<typeof VARIABLES>

/** True for a variable, false for a group of them. */
export function isVariable(entry: Variable | VariableGroup): entry is Variable {
  return 'schema' in entry && 'fallback' in entry
}

/** Every variable, in the order of the table. */
export function listVariables(group: VariableGroup = VARIABLES): Variable[] {
  return Object.values(group).flatMap((entry) => (isVariable(entry) ? [entry] : listVariables(entry)))
}
