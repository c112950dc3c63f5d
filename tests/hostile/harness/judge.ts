/** An answer of the service against what its case expects → everything that is wrong with it. Pure. */
import type { HostileCase } from '../case.js'
import type { Answer } from './service.js'

export interface UsageFigures {
  readonly wallTimeMs: number
  readonly cpuTimeMs: number
  readonly memoryBytes: number
}

/** The part of the wire contract that is judged. */
export interface ExecuteResult {
  readonly output: string
  readonly stderr: string
  readonly errorMessage: string | null
  readonly runTimeStatus: string
  readonly exitCode: number | null
  readonly signal: string | null
  readonly truncated: { readonly stdout: boolean; readonly stderr: boolean }
  readonly usage: UsageFigures
  readonly compile: {
    readonly output: string
    readonly exitCode: number | null
    readonly usage: UsageFigures
  } | null
}

/** What no answer may contain, whatever the case. */
export interface Forbidden {
  readonly secrets: readonly string[]
  /** Folders of the service on the host. */
  readonly paths: readonly string[]
}

export function parseResult(answer: Answer): ExecuteResult | undefined {
  if (answer.status !== 200) return undefined
  return (JSON.parse(answer.body) as { result?: ExecuteResult }).result
}

/** The case as this driver has to answer it. */
export function asRunBy(driver: string, hostile: HostileCase): HostileCase {
  const { docker: difference } = hostile
  if (driver !== 'docker' || difference === undefined || !('excused' in difference)) return hostile
  return { ...hostile, denials: (hostile.denials ?? 0) - difference.excused.length }
}

/** Problems that are not excused by what is known of this driver. */
export function unexcused(driver: string, { docker: difference }: HostileCase, problems: string[]): string[] {
  if (driver !== 'docker' || difference === undefined || !('excused' in difference)) return problems
  return problems.filter((problem) => !difference.excused.some((line) => problem === `printed ${line}`))
}

export function problemsOf(hostile: HostileCase, answer: Answer, forbidden: Forbidden): string[] {
  const leaks = leaksIn(answer, forbidden)
  const result = parseResult(answer)
  if (result === undefined) return [...leaks, `answered ${answer.status}: ${shortened(answer.body)}`]
  return [...leaks, ...endProblems(hostile, result), ...textProblems(hostile, result)]
}

/** Planted words and paths of the service, wherever in the answer. */
export function leaksIn(answer: Answer, { secrets, paths }: Forbidden): string[] {
  const leaks = secrets.filter((secret) => answer.body.includes(secret)).map((secret) => `LEAKED ${secret}`)
  return [
    ...leaks,
    ...paths.filter((path) => answer.body.includes(path)).map((path) => `shows the path ${path}`),
  ]
}

function endProblems(hostile: HostileCase, result: ExecuteResult): string[] {
  const problems: string[] = []
  const verdicts: readonly string[] = [hostile.verdict].flat()
  const expect = <Value extends string | number | boolean | null>(
    what: string,
    actual: Value,
    expected: Value | undefined,
  ): void => {
    if (expected !== undefined && actual !== expected) problems.push(`${what} is ${actual}, not ${expected}`)
  }
  if (!verdicts.includes(result.runTimeStatus)) {
    const said = shortened(result.errorMessage ?? result.output)
    problems.push(`verdict is ${result.runTimeStatus}, not ${verdicts.join(' or ')} (${said})`)
  }
  expect('exit code', result.exitCode, hostile.exitCode)
  expect('signal', result.signal, hostile.signal)
  for (const stream of hostile.truncated ?? []) expect(`truncated.${stream}`, result.truncated[stream], true)
  const { minCpuTimeMs = 0 } = hostile
  if (result.usage.cpuTimeMs < minCpuTimeMs) {
    problems.push(`CPU time is ${result.usage.cpuTimeMs} ms, below ${minCpuTimeMs} ms`)
  }
  return problems
}

function textProblems(hostile: HostileCase, result: ExecuteResult): string[] {
  const problems: string[] = []
  if (hostile.output !== undefined && result.output !== hostile.output) {
    problems.push(
      `printed ${shortened(JSON.stringify(result.output))}, not ${shortened(JSON.stringify(hostile.output))}`,
    )
  }
  const texts = [result.output, result.stderr, result.errorMessage ?? '', result.compile?.output ?? '']
  for (const pattern of hostile.prints ?? []) {
    if (!texts.some((text) => pattern.test(text))) {
      problems.push(`nothing matches ${pattern} in ${shortened(JSON.stringify(texts.slice(0, 2).join('')))}`)
    }
  }
  for (const pattern of [/^(LEAK|BROKEN)\b.*/m, ...(hostile.neverPrints ?? [])]) {
    // A compiler that quotes the program never begins a line with its words.
    for (const text of texts) problems.push(...everyMatch(text, pattern))
  }
  const denials = result.output.match(/^DENIED /gm)?.length ?? 0
  if (denials < (hostile.denials ?? 0))
    problems.push(`only ${denials} of ${hostile.denials} attempts were denied`)
  return [...new Set(problems)]
}

function everyMatch(text: string, pattern: RegExp): string[] {
  const global = new RegExp(pattern.source, pattern.flags.includes('g') ? pattern.flags : `${pattern.flags}g`)
  return [...text.matchAll(global)].slice(0, 20).map((match) => `printed ${shortened(match[0])}`)
}

function shortened(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300)}…` : text
}
