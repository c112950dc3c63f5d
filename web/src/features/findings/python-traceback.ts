import type { RawDiagnostic } from './parse-diagnostics.js'

const FRAME = /^\s*File "(?<file>[^"]+)", line (?<line>\d+)(?:, in .+)?$/
const EXCEPTION = /^(?:[\w.]+\.)?(?:\w*(?:Error|Exception|Warning|Interrupt|Exit|Iteration)\w*)(?::.*)?$/

/** Python's tracebacks and syntax errors: the deepest frame carries the message, the others lead there. */
export function* pythonDiagnostics(
  lines: readonly string[],
  isOwn: (file: string) => boolean,
): Generator<RawDiagnostic> {
  let frames: { file: string; line: number; column?: number }[] = []
  for (const [index, text] of lines.entries()) {
    const groups = FRAME.exec(text)?.groups
    if (groups) {
      frames.push({
        file: groups['file'] ?? '',
        line: Number(groups['line']),
        ...columnBelow(lines, index),
      })
    } else if (frames.length > 0 && EXCEPTION.test(text)) {
      const own = frames.filter((frame) => isOwn(frame.file))
      for (const [depth, frame] of own.entries()) {
        const deepest = depth === own.length - 1
        yield {
          ...frame,
          severity: deepest ? 'error' : 'info',
          message: deepest ? text : `Called from here: ${text}`,
        }
      }
      frames = []
    }
  }
}

/** Python underlines the part of the line that failed; the source line above it lost its own indentation. */
function columnBelow(lines: readonly string[], index: number): { column?: number } {
  const marker = lines[index + 2] ?? ''
  const source = lines[index + 1] ?? ''
  if (!/^\s*[~^]+\s*$/.test(marker)) {
    return {}
  }
  const shown = source.length - source.trimStart().length
  const offset = marker.search(/[~^]/) - shown
  return offset > 0 ? { column: offset + 1 } : {}
}
