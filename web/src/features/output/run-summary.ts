import type { Verdict } from '../../../../src/contract/verdict.js'
import type { ExecutionResult } from '../../api/wire.js'
import type { RunPhase, RunState } from '../../state/run-slice.js'
import { formatBytes, formatMs } from '../../ui/format.js'

export type Tone = 'idle' | 'busy' | 'good' | 'bad' | 'warning'

export interface Summary {
  readonly tone: Tone
  readonly title: string
  /** Short facts, in order. */
  readonly facts: readonly string[]
}

export const VERDICT_TITLES: Readonly<Record<Verdict, string>> = {
  succeeded: 'Succeeded',
  compile_error: 'Did not compile',
  runtime_error: 'Failed',
  time_limit_exceeded: 'Time limit exceeded',
  memory_limit_exceeded: 'Memory limit exceeded',
  output_limit_exceeded: 'Output limit exceeded',
  cancelled: 'Stopped',
  internal_error: 'The service failed',
}

const VERDICT_ADVICE: Readonly<Record<Verdict, string>> = {
  succeeded: '',
  compile_error: 'The compiler’s words are in the terminal; the Findings tab leads to the lines.',
  runtime_error: 'What it said is in the terminal; the Findings tab leads to the lines, where it named any.',
  time_limit_exceeded:
    'It was still running when its time was over. Look for a loop that never ends or input that never comes, or allow more time in the Input tab.',
  memory_limit_exceeded:
    'It asked for more memory than it may have. Keep less at once, or allow more in the Input tab.',
  output_limit_exceeded: 'It printed more than is kept. What came before is in the terminal.',
  cancelled: 'It was ended before it was done.',
  internal_error:
    'Your program is not at fault. Run it again; if it keeps failing, tell whoever runs this service.',
}

export function verdictAdvice(result: ExecutionResult): string {
  const cut = result.truncated.stdout || result.truncated.stderr
  const advice = VERDICT_ADVICE[result.runTimeStatus]
  return cut && result.runTimeStatus !== 'output_limit_exceeded'
    ? `${advice} The output was longer than the limit and is cut.`.trim()
    : advice
}

export function endOf(result: ExecutionResult): string {
  if (result.signal !== null) {
    return `ended by ${result.signal}`
  }
  return result.exitCode === null ? '' : `exit ${result.exitCode}`
}

/** The run in a few words, for the status line and for screen readers. */
export function summarize(run: RunState): Summary {
  if (run.phase === 'finished' && run.result) {
    return ofResult(run.result, run.stopped)
  }
  const waiting = run.phase === 'queued' && run.queuePosition > 0
  return { ...PHASES[run.phase](run), facts: waiting ? [`position ${run.queuePosition}`] : [] }
}

const PHASES: Readonly<Record<RunPhase, (run: RunState) => Omit<Summary, 'facts'>>> = {
  idle: () => ({ tone: 'idle', title: 'Not run yet' }),
  starting: () => ({ tone: 'busy', title: 'Starting' }),
  queued: () => ({ tone: 'busy', title: 'Waiting in the queue' }),
  compile: () => ({ tone: 'busy', title: 'Compiling' }),
  run: ({ stopped }) => ({ tone: 'busy', title: stopped ? 'Stopping' : 'Running' }),
  failed: ({ failure }) => ({ tone: 'bad', title: failure === 'interrupted' ? 'Interrupted' : 'Not run' }),
  finished: () => ({ tone: 'warning', title: 'Stopped' }),
}

function ofResult(result: ExecutionResult, stopped: boolean): Summary {
  const { runTimeStatus, usage, truncated } = result
  const facts = [endOf(result)]
  if (usage) {
    facts.push(formatMs(usage.wallTimeMs), `CPU ${formatMs(usage.cpuTimeMs)}`, formatBytes(usage.memoryBytes))
  }
  if (truncated.stdout || truncated.stderr) {
    facts.push('output cut')
  }
  const good = runTimeStatus === 'succeeded'
  return {
    tone: stopped ? 'warning' : good ? 'good' : 'bad',
    title: stopped && !good ? 'Stopped' : VERDICT_TITLES[runTimeStatus],
    facts: facts.filter((fact) => fact !== ''),
  }
}
