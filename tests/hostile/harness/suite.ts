/** One run of the suite: the service, what is planted around it, and a way to send a case and judge its answer. */
import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { languagesAnswer } from '../../../src/contract/wire/languages.js'
import type { LanguageAnswer } from '../../../src/contract/wire/languages.js'
import { caseName, languageOf, mebibytes } from '../case.js'
import type { HostileCase } from '../case.js'
import { plantCanaries } from './canaries.js'
import type { Canaries, HostFacts } from './canaries.js'
import type { Census, CensusScope } from './census.js'
import { differences, takeCensus } from './census.js'
import { asRunBy, leaksIn, parseResult, problemsOf, unexcused } from './judge.js'
import type { ExecuteResult, Forbidden, UsageFigures } from './judge.js'
import { Lanes } from './lanes.js'
import type { Row } from './report.js'
import { requestFor } from './requests.js'
import type { Answer, Service } from './service.js'
import { DATA_DIRECTORY, DRIVER, startService } from './service.js'

const SLOTS = 2
const SETTLE_MS = 20_000
const LITTLE_MEMORY = mebibytes(32)
const NOTHING: UsageFigures = { wallTimeMs: 0, cpuTimeMs: 0, memoryBytes: 0 }
const PROJECT = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '')

export interface Suite {
  readonly service: Service
  readonly canaries: Canaries
  readonly host: HostFacts
  /** Languages whose images are ready. */
  readonly languages: ReadonlySet<string>
  readonly before: Census
  readonly rows: Row[]
  /** Sends a case, then at once a normal request; returns everything that is wrong with either. */
  run(hostile: HostileCase): Promise<string[]>
  /** Sends any body and returns what it leaks; for tests that judge the rest themselves. */
  execute(address: string, body: unknown): Promise<{ answer: Answer; leaks: string[] }>
  /** The census once nothing changes towards `before` any more, or as it is when patience ends. */
  settledCensus(): Promise<Census>
  /** Stops the service; says what differs on the host from before it was started. */
  stop(): Promise<{ exitCode: number | null; left: string[] }>
  close(): Promise<void>
}

export async function openSuite(): Promise<Suite> {
  const canaries = await plantCanaries(DATA_DIRECTORY)
  const untouched = takeCensus({ service: null, dataDirectory: DATA_DIRECTORY })
  const service = await startService(canaries.environment)
  const host = { ...canaries.facts, servicePort: service.port }
  const languages = await readyLanguages(service)
  // What the service makes on its first executions and keeps is no trace of a hostile one.
  await Promise.all(languages.map((language) => runSample(service, language)))
  await useLoopback(service)
  await askForEach(service, languages)
  const scope = { service, dataDirectory: DATA_DIRECTORY }
  const before = await quietCensus(scope)
  const rows: Row[] = []
  const lanes = new Lanes(SLOTS)

  const forbiddenIn = (body: unknown): Forbidden => {
    const sent = JSON.stringify(body)
    const paths = [PROJECT, DATA_DIRECTORY, service.temporaryFolder].filter((path) => !sent.includes(path))
    return { secrets: canaries.secrets, paths }
  }

  const send = async (hostile: HostileCase): Promise<Row> => {
    const { address, body } = requestFor(hostile, host)
    let answer: Answer
    let problems: string[]
    try {
      answer = await service.post(address, body)
      problems = unexcused(DRIVER, hostile, problemsOf(asRunBy(DRIVER, hostile), answer, forbiddenIn(body)))
    } catch (error) {
      answer = { status: 0, body: '' }
      problems = [`no answer: ${String(error)}`]
    }
    const result = parseResult(answer)
    const started = performance.now()
    const problem = await normalRequest(service)
    if (problem !== undefined) problems.push(`afterwards ${problem}`)
    return {
      name: caseName(hostile),
      tries: hostile.tries,
      verdict: result?.runTimeStatus ?? `HTTP ${answer.status}`,
      usage: usageOf(result),
      nextAnswerMs: problem === undefined ? performance.now() - started : undefined,
      problems,
    }
  }

  return {
    service,
    canaries,
    host,
    languages: new Set(languages.map(({ id }) => id)),
    before,
    rows,
    run: async (hostile) => {
      const row = await lanes.use(() => send(hostile))
      rows.push(row)
      return [...row.problems]
    },
    execute: async (address, body) => {
      const answer = await service.post(address, body)
      return { answer, leaks: leaksIn(answer, forbiddenIn(body)) }
    },
    settledCensus: async () => {
      await askForEach(service, languages)
      return settled(before, scope)
    },
    stop: async () => {
      const exitCode = await service.stop()
      const after = await settled(untouched, { ...scope, service: null })
      return { exitCode, left: differences(untouched, after) }
    },
    close: async () => {
      await service.stop()
      await canaries.remove()
    },
  }
}

async function settled(before: Census, scope: CensusScope): Promise<Census> {
  const deadline = Date.now() + SETTLE_MS
  for (;;) {
    const census = takeCensus(scope)
    if (differences(before, census).length === 0 || Date.now() > deadline) return census
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}

/** Once the service has made ahead what it keeps ready, and taken its connections down. */
async function quietCensus(scope: CensusScope): Promise<Census> {
  for (let last = takeCensus(scope); ;) {
    await new Promise((resolve) => setTimeout(resolve, 2000))
    const census = takeCensus(scope)
    if (differences(last, census).length === 0) return census
    last = census
  }
}

export function isReady(suite: Suite, hostile: HostileCase): boolean {
  return suite.languages.has(languageOf(hostile))
}

async function readyLanguages(service: Service): Promise<LanguageAnswer[]> {
  const answer = await service.get('/api/v1/languages')
  return languagesAnswer.parse(JSON.parse(answer.body)).filter(({ state }) => state === 'ready')
}

async function runSample(service: Service, { id, sample }: LanguageAnswer): Promise<void> {
  const { files, stdin, args, expectedOutput } = sample
  for (let round = 0; round < SLOTS; round++) {
    const answer = await service.post('/api/v2/execute', { language: id, files, stdin, args })
    if (parseResult(answer)?.output !== expectedOutput) throw new Error(`The sample of ${id}: ${answer.body}`)
  }
}

/** In this order: what stands ready is of the kinds that were asked for last, and must be the same at both counts. */
async function askForEach(service: Service, languages: readonly LanguageAnswer[]): Promise<void> {
  for (const language of languages) await runSample(service, language)
}

/** A network that was used is replaced by a new one: after this, every slot has had its first replaced. */
async function useLoopback(service: Service): Promise<void> {
  const code = 'exec 3<>/dev/udp/127.0.0.1/9 && echo >&3; sleep 0.3'
  for (let round = 0; round < 2; round++) {
    const send = (): Promise<Answer> => service.post('/api/v1/execute', { language: 'bash', code })
    await Promise.all(Array.from({ length: SLOTS }, send))
  }
}

/** Both stages together; of memory, the larger. */
function usageOf(result: ExecuteResult | undefined): UsageFigures {
  const stages = [result?.compile?.usage ?? NOTHING, result?.usage ?? NOTHING] as const
  return {
    wallTimeMs: stages[0].wallTimeMs + stages[1].wallTimeMs,
    cpuTimeMs: stages[0].cpuTimeMs + stages[1].cpuTimeMs,
    memoryBytes: Math.max(stages[0].memoryBytes, stages[1].memoryBytes),
  }
}

/** Asks for a word of its own to be echoed; says what is wrong with the answer, or nothing. */
async function normalRequest(service: Service): Promise<string | undefined> {
  const stdin = randomUUID()
  try {
    const answer = await service.post('/api/v1/execute', {
      language: 'bash',
      code: 'read -r word; echo "$word"',
      stdin: `${stdin}\n`,
      limits: { memoryBytes: LITTLE_MEMORY },
    })
    const result = parseResult(answer)
    const isRight = result?.runTimeStatus === 'succeeded' && result.output === `${stdin}\n`
    // What the program before it used must not show in its figures.
    if (isRight && result.usage.memoryBytes <= LITTLE_MEMORY) return undefined
    return `a normal request was answered ${answer.status} ${answer.body.slice(0, 300)}`
  } catch (error) {
    return `a normal request had no answer: ${String(error)}`
  }
}
