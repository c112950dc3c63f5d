import type { RawDiagnostic } from './parse-diagnostics.js'

/** First line of an uncaught error: Java, Go. Node's is found by its source excerpt. */
const HEADINGS = [
  /^Exception in thread "[^"]+" (?<message>.+)$/,
  /^(?<message>panic: .+)$/,
  /^(?<message>fatal error: .+)$/,
]
const JAVA_FRAME = /^\s+at [\w.$/<>]+\((?<file>\w+\.java):(?<line>\d+)\)$/
const GO_FRAME = /^\t(?<file>\/\S+\.go):(?<line>\d+)(?: \+0x[0-9a-f]+)?$/
const NODE_FRAME = /^\s+at (?:.+ \()?(?<file>(?:file:\/\/)?\/[^\s:()]+):(?<line>\d+):(?<column>\d+)\)?$/
const NODE_HEADING = /^(?:Uncaught )?(?<message>[A-Z]\w*(?:Error|Exception)\b.*)$/

/** The first frame below an error's heading that lies in one of the project's files. */
export function* stackDiagnostics(
  lines: readonly string[],
  isOwn: (file: string) => boolean,
): Generator<RawDiagnostic> {
  let message: string | null = null
  for (const line of lines) {
    const heading = headingOf(line)
    if (heading !== null) {
      message = heading
      continue
    }
    const groups = (JAVA_FRAME.exec(line) ?? GO_FRAME.exec(line) ?? NODE_FRAME.exec(line))?.groups
    if (message !== null && groups && isOwn(groups['file'] ?? '')) {
      const column = groups['column']
      yield {
        severity: 'error',
        file: groups['file'] ?? '',
        line: Number(groups['line']),
        ...(column === undefined ? {} : { column: Number(column) }),
        message,
      }
      message = null
    }
  }
}

function headingOf(line: string): string | null {
  for (const pattern of [...HEADINGS, NODE_HEADING]) {
    const message = pattern.exec(line)?.groups?.['message']
    if (message !== undefined) {
      return message
    }
  }
  return null
}
