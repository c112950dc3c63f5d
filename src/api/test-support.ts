/** What the tests of the api share: an app over a fake queue, two languages, results to answer with. */
import { PassThrough } from 'node:stream'
import { loadConfig } from '../config/load-config.js'
import type { Config } from '../config/variables.js'
import type { ExecutionRequest, ExecutionResult, StageResult } from '../contract/execution.js'
import type { ImageStore } from '../images/image-store.js'
import type { LanguageDefinition, Sample } from '../languages/define-language.js'
import { createRegistry } from '../languages/registry.js'
import { createLogger } from '../observability/logger.js'
import type { SubmitOptions } from '../queue/job-queue.js'
import { buildApp } from './app.js'
import type { ApiDependencies, App } from './dependencies.js'

function language(
  own: Partial<LanguageDefinition> & Pick<LanguageDefinition, 'id' | 'mainFile'>,
): LanguageDefinition {
  const [, extension = ''] = own.mainFile.split('.')
  const sample: Sample = {
    title: 'Hello',
    files: { [own.mainFile]: 'main', [`lib/part.${extension}`]: 'part' },
    stdin: 'in',
    args: ['one'],
    expectedOutput: 'hello\n',
  }
  return {
    name: own.id,
    aliases: [],
    extensions: [extension],
    monaco: own.id,
    image: { packages: ['python3'], buildSeconds: 1 },
    version: { argv: ['true'], pattern: /(\d+)/ },
    run: { argv: ['true', '{entry}'] },
    libraries: [],
    samples: [sample, { ...sample, title: 'Second' }, { ...sample, title: 'Third' }],
    ...own,
  }
}

export const LANGUAGES = createRegistry(
  [
    language({ id: 'python', name: 'Python', aliases: ['py'], mainFile: 'main.py' }),
    language({
      id: 'cpp',
      name: 'C++',
      aliases: ['c++'],
      mainFile: 'main.cpp',
      compile: { argv: ['g++', '{sources}'] },
      limits: { compile: { memoryBytes: 512 * 2 ** 20 } },
      extraFiles: { 'pch/base.h': '' },
    }),
    language({ id: 'ruby', name: 'Ruby', mainFile: 'main.rb' }),
  ],
  () => true,
)

const VERSIONS = new Map([
  ['python', '3.13.5'],
  ['cpp', '14.2.0'],
])

/** python and cpp are ready, ruby is being installed. */
export const IMAGES: ImageStore = {
  state: (id) => (VERSIONS.has(id) ? 'ready' : 'installing'),
  get: (id) => {
    const version = VERSIONS.get(id)
    return version === undefined ? undefined : { id, version, hash: 'hash', layers: [] }
  },
}

export function stageResult(own: Partial<StageResult> = {}): StageResult {
  return {
    stdout: '',
    stderr: '',
    output: '',
    exitCode: 0,
    signal: null,
    stopReason: null,
    truncated: { stdout: false, stderr: false },
    usage: { wallTimeMs: 23, cpuTimeMs: 20.1, memoryBytes: 9_543_680 },
    ...own,
  }
}

export function executionResult(own: Partial<ExecutionResult> = {}): ExecutionResult {
  return {
    jobId: '0b7c1d1e-6a57-4b3c-9a0e-2f7d3c1b5a48',
    language: 'python',
    version: '3.13.5',
    status: 'succeeded',
    errorMessage: null,
    compile: null,
    run: stageResult({ stdout: 'hello\n', output: 'hello\n' }),
    ...own,
  }
}

type Submit = (request: ExecutionRequest, options: SubmitOptions) => Promise<ExecutionResult>

export interface TestApp {
  readonly app: App
  /** Every execution the queue was given, in order. */
  readonly submitted: { readonly request: ExecutionRequest; readonly options: SubmitOptions }[]
  /** Everything logged so far. */
  readonly log: () => string
}

export interface TestSettings {
  readonly env?: Readonly<Record<string, string>>
  readonly submit?: Submit
  readonly dependencies?: Partial<ApiDependencies>
}

const answerAtOnce: Submit = (request) =>
  Promise.resolve(executionResult({ jobId: request.jobId, language: request.language }))

export function testConfig(env: Readonly<Record<string, string>> = {}): Config {
  return loadConfig({ env, directory: '/nonexistent' })
}

/** An app that listens nowhere yet; its queue answers at once unless told otherwise. */
export async function makeApp({
  env,
  submit = answerAtOnce,
  dependencies,
}: TestSettings = {}): Promise<TestApp> {
  const submitted: TestApp['submitted'] = []
  const stream = new PassThrough()
  const lines: string[] = []
  stream.on('data', (line: Buffer) => lines.push(line.toString()))
  const app = await buildApp(testConfig(env), {
    queue: {
      submit: (request, options = {}) => {
        submitted.push({ request, options })
        return submit(request, options)
      },
    },
    languages: LANGUAGES,
    images: IMAGES,
    logger: createLogger({ level: 'debug' }, stream),
    readiness: () => Promise.resolve([{ name: 'sandbox', ok: true, detail: 'fine' }]),
    clock: () => Date.UTC(2026, 0, 1),
    ...dependencies,
  })
  return { app, submitted, log: () => lines.join('') }
}
