/**
 * Programs of the fake service: lines with `@word` in the entry file say what happens, whatever the language around
 * them. What the page shows depends on nothing else, so every state can be had at will.
 *
 *   @print TEXT   @err TEXT   @flood CHARACTERS   @ask PROMPT (then @hello greets what was typed)
 *   @cat (prints its input)   @args   @sum (of two numbers of the input)   @sleep MS   @hang
 *   @compile-error TEXT   @exit CODE   @crash SIGNAL   @verdict WORD   @cut
 */
import { setTimeout as sleep } from 'node:timers/promises'

import { fakeLanguages } from './fake-languages.js'

export interface FakeIo {
  stage(stage: 'compile' | 'run'): void
  out(text: string): void
  err(text: string): void
  /** One line of what was typed or given; null at the end of input. */
  line(): Promise<string | null>
  readonly args: readonly string[]
  readonly tty: boolean
  /** Aborted with the name of the signal that ends the program. */
  readonly signal: AbortSignal
}

export interface FakeEnd {
  verdict: string
  exitCode: number | null
  signal: string | null
  cut: boolean
  compileOutput: string
  wallTimeMs: number
}

export async function runFakeProgram(code: string, io: FakeIo): Promise<FakeEnd> {
  const end: FakeEnd = {
    verdict: 'succeeded',
    exitCode: 0,
    signal: null,
    cut: false,
    compileOutput: '',
    wallTimeMs: 23,
  }
  const directives = [...code.matchAll(/@(?<word>[\w-]+)(?: (?<rest>[^\n]*))?/g)].map((match) => ({
    word: match.groups?.['word'] ?? '',
    rest: unescape(match.groups?.['rest'] ?? ''),
  }))
  const compile = directives.filter(({ word }) => word === 'compile-error' || word === 'compile-warning')
  if (compile.length > 0) {
    io.stage('compile')
    end.compileOutput = compile.map(({ rest }) => `${rest}\n`).join('')
    io.err(end.compileOutput)
  }
  if (compile.some(({ word }) => word === 'compile-error')) {
    return { ...end, verdict: 'compile_error', exitCode: null }
  }
  io.stage('run')
  let name = ''
  try {
    for (const { word, rest } of directives) {
      name = await step(word, rest, io, end, name)
    }
  } catch (error) {
    if (!io.signal.aborted) {
      throw error
    }
    const killed = String(io.signal.reason)
    return { ...end, verdict: 'runtime_error', exitCode: null, signal: killed }
  }
  return end
}

async function step(word: string, rest: string, io: FakeIo, end: FakeEnd, name: string): Promise<string> {
  const newline = io.tty ? '\r\n' : '\n'
  switch (word) {
    case 'print':
      io.out(rest + newline)
      break
    case 'err':
      io.err(rest.replaceAll('\n', newline) + newline)
      break
    case 'flood':
      for (let left = Number(rest), line = 0; left > 0; line += 1) {
        const text = `line ${line} ${'x'.repeat(80)}${newline}`.repeat(10)
        io.out(text)
        left -= text.length
      }
      break
    case 'ask':
      io.out(rest)
      return (await io.line()) ?? ''
    case 'hello':
      io.out(`Hello, ${name}!${newline}`)
      break
    case 'cat':
      for (let line = await io.line(); line !== null; line = await io.line()) {
        io.out(line + newline)
      }
      break
    case 'args':
      io.out(JSON.stringify(io.args) + newline)
      break
    case 'sum': {
      const numbers = ((await io.line()) ?? '').split(' ').map(Number)
      io.out(`${numbers.reduce((sum, value) => sum + value, 0)}${newline}`)
      break
    }
    case 'sleep':
      await sleep(Number(rest), undefined, { signal: io.signal })
      break
    case 'hang':
      await sleep(600_000, undefined, { signal: io.signal })
      break
    case 'exit':
      end.exitCode = Number(rest)
      end.verdict = 'runtime_error'
      break
    case 'crash':
      end.exitCode = null
      end.signal = rest
      end.verdict = 'runtime_error'
      break
    case 'verdict':
      end.verdict = rest
      end.exitCode = null
      end.signal = 'SIGKILL'
      end.wallTimeMs = 5003
      break
    case 'cut':
      end.cut = true
      break
    default:
  }
  return name
}

/** `\n` in a directive is a new line. */
function unescape(text: string): string {
  return text.replaceAll('\\n', '\n')
}

export function fakeResult(
  language: string,
  end: FakeEnd,
  output: string,
  stderr: string,
): Record<string, unknown> {
  const { verdict, exitCode, signal, cut, compileOutput, wallTimeMs } = end
  const usage = { wallTimeMs, cpuTimeMs: Math.round(wallTimeMs * 0.87), memoryBytes: 9_543_680 }
  const reason = signal === null ? `Exited with code ${exitCode}` : `Killed by ${signal}`
  return {
    jobId: crypto.randomUUID(),
    language,
    version: fakeLanguages().find(({ id }) => id === language)?.version ?? '',
    output,
    stderr,
    errorMessage:
      verdict === 'succeeded' ? null : verdict === 'compile_error' ? compileOutput : stderr || reason,
    executionTime: wallTimeMs / 1000,
    memoryUsage: '9.1MB',
    cpuUsage: '87.0%',
    runTimeStatus: verdict,
    exitCode,
    signal,
    truncated: { stdout: cut, stderr: false },
    usage,
    compile: compileOutput
      ? { output: compileOutput, exitCode: verdict === 'compile_error' ? 1 : 0, usage }
      : null,
  }
}
