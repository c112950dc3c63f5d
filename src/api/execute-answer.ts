/** Execution result → answer of the classic endpoints. Pure. */
import type { AnalysisReport } from '../contract/analysis.js'
import type { ExecutionResult, StageResult, Usage } from '../contract/execution.js'
import type { ExecuteAnswer, UsageAnswer } from '../contract/wire/execute.js'

const MEGABYTE = 2 ** 20
const NOTHING_USED: Usage = { wallTimeMs: 0, cpuTimeMs: 0, memoryBytes: 0 }
const NOT_TRUNCATED = { stdout: false, stderr: false }

/** `analysis` is undefined where none was asked for. */
export function toExecuteAnswer(result: ExecutionResult, analysis?: AnalysisReport | null): ExecuteAnswer {
  const { run, compile } = result
  const used = run?.usage ?? NOTHING_USED
  return {
    succeeded: true,
    result: {
      jobId: result.jobId,
      language: result.language,
      version: result.version,
      output: run?.stdout ?? '',
      stderr: run?.stderr ?? '',
      errorMessage: result.errorMessage,
      executionTime: wholeMilliseconds(used.wallTimeMs) / 1000,
      memoryUsage: megabytes(used.memoryBytes),
      cpuUsage: cpuPercentage(used),
      runTimeStatus: result.status,
      exitCode: run?.exitCode ?? null,
      signal: run?.signal ?? null,
      truncated: (run ?? compile)?.truncated ?? NOT_TRUNCATED,
      usage: toUsage(used),
      compile: compile === null ? null : toCompile(compile),
    },
    ...(analysis !== undefined && { analysis }),
  }
}

function toCompile({ output, exitCode, usage }: StageResult): ExecuteAnswer['result']['compile'] {
  return { output, exitCode, usage: toUsage(usage) }
}

function toUsage({ wallTimeMs, cpuTimeMs, memoryBytes }: Usage): UsageAnswer {
  return {
    wallTimeMs: Math.round(wallTimeMs),
    cpuTimeMs: Math.round(cpuTimeMs),
    memoryBytes: Math.round(memoryBytes),
  }
}

export function wholeMilliseconds(milliseconds: number): number {
  return Math.round(milliseconds)
}

export function megabytes(bytes: number): string {
  return `${(bytes / MEGABYTE).toFixed(1)}MB`
}

export function cpuPercentage({ wallTimeMs, cpuTimeMs }: Omit<Usage, 'memoryBytes'>): string {
  return `${(wallTimeMs > 0 ? (100 * cpuTimeMs) / wallTimeMs : 0).toFixed(1)}%`
}
