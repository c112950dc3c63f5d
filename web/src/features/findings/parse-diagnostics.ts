/**
 * Finds places in the program's files in what compilers and run times print. Knows gcc, g++ and clang, javac and
 * Java stack traces, go build and panics, Python, Node, Ruby, tsc and esbuild, rustc, bash, PHP, Perl and Lua.
 * A form it does not know gives no diagnostic; the text itself is always shown in the terminal.
 */
import type { Diagnostic } from './diagnostic.js'
import { LINE_FORMS } from './line-forms.js'
import { pythonDiagnostics } from './python-traceback.js'
import { stackDiagnostics } from './stack-traces.js'

const MAX_DIAGNOSTICS = 200
/** Parsing stops here; a compiler that prints more has said enough. */
const MAX_CHARACTERS = 200_000

/** What was found before it is matched with the project's files. */
export interface RawDiagnostic {
  readonly severity: Diagnostic['severity']
  readonly file: string
  readonly line: number
  readonly column?: number
  readonly message: string
}

export function parseDiagnostics(text: string, paths: readonly string[]): Diagnostic[] {
  const lines = stripTerminalCodes(text.slice(0, MAX_CHARACTERS)).split('\n')
  const isOwn = (file: string) => matchPath(file, paths) !== null
  const raw = [
    ...lineDiagnostics(lines),
    ...pythonDiagnostics(lines, isOwn),
    ...stackDiagnostics(lines, isOwn),
  ]
  const found = new Map<string, Diagnostic>()
  for (const item of raw) {
    const file = matchPath(item.file, paths)
    if (file !== null && item.line > 0) {
      const { severity, line, column = 1, message } = item
      const diagnostic = { severity, file, line, column: Math.max(1, column), message: message.trim() }
      const key = `${file}:${line}:${diagnostic.message}`
      if (!found.has(key)) {
        found.set(key, diagnostic)
      }
    }
  }
  return [...found.values()].slice(0, MAX_DIAGNOSTICS)
}

function* lineDiagnostics(lines: readonly string[]): Generator<RawDiagnostic> {
  for (const [index, line] of lines.entries()) {
    for (const form of LINE_FORMS) {
      const groups = form.pattern.exec(line)?.groups
      if (groups) {
        yield form.read(groups, lines, index)
        break
      }
    }
  }
}

/** The project's path that a printed name means: the work folder's prefix and `./` do not count. */
function matchPath(printed: string, paths: readonly string[]): string | null {
  const name = printed
    .replace(/^file:\/\//, '')
    .replace(/^\/box\//, '')
    .replace(/^\.\//, '')
  if (paths.includes(name)) {
    return name
  }
  // Java and Go print the base name alone.
  const sameBase = paths.filter((path) => path.endsWith(`/${name}`))
  return sameBase.length === 1 ? (sameBase[0] ?? null) : null
}

/** Removes colours and cursor movement, which compilers add where they see a terminal. */
function stripTerminalCodes(text: string): string {
  return text.replaceAll(TERMINAL_CODES, '').replaceAll('\r', '')
}

// oxlint-disable-next-line no-control-regex -- escape sequences begin with a control character
const TERMINAL_CODES = /\u001B(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\))/g
