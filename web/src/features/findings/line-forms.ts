import type { RawDiagnostic } from './parse-diagnostics.js'

type Groups = Record<string, string | undefined>

export interface LineForm {
  readonly pattern: RegExp
  /** `lines[index]` matched; what follows may say the column or the message. */
  read(groups: Groups, lines: readonly string[], index: number): RawDiagnostic
}

const place = (groups: Groups) => ({ file: groups['file'] ?? '', line: Number(groups['line']) })

/** Where a line of blanks and one `^` below the source line points, counted from 1; looked for in the next lines. */
function caretColumn(lines: readonly string[], index: number, within: number): number | undefined {
  for (const line of lines.slice(index + 1, index + 1 + within)) {
    if (/^\s*\^[\s~^]*$/.test(line)) {
      return line.indexOf('^') + 1
    }
  }
  return undefined
}

function severityOf(word: string | undefined): RawDiagnostic['severity'] {
  if (word?.includes('warning')) {
    return 'warning'
  }
  return word?.includes('note') ? 'info' : 'error'
}

/** Messages that fit on one line or begin with one. The first form that matches a line is taken. */
export const LINE_FORMS: readonly LineForm[] = [
  // gcc, g++, clang: main.cpp:3:5: error: 'x' was not declared
  {
    pattern:
      /^(?<file>[^\s:][^:]*):(?<line>\d+):(?<column>\d+): (?<level>(?:fatal )?error|warning|note): (?<message>.+)$/,
    read: (groups) => ({
      ...place(groups),
      column: Number(groups['column']),
      severity: severityOf(groups['level']),
      message: groups['message'] ?? '',
    }),
  },
  // tsc: main.ts(3,5): error TS2322: … and main.ts:3:5 - error TS2322: …
  {
    pattern:
      /^(?<file>[^\s(:][^(:]*)(?:\((?<line1>\d+),(?<column1>\d+)\):|:(?<line2>\d+):(?<column2>\d+) -) (?<level>error|warning) (?<message>TS\d+: .+)$/,
    read: (groups) => ({
      file: groups['file'] ?? '',
      line: Number(groups['line1'] ?? groups['line2']),
      column: Number(groups['column1'] ?? groups['column2']),
      severity: severityOf(groups['level']),
      message: groups['message'] ?? '',
    }),
  },
  // javac: Main.java:3: error: ';' expected, then the source line and a caret
  {
    pattern: /^(?<file>[^\s:][^:]*\.java):(?<line>\d+): (?<level>error|warning): (?<message>.+)$/,
    read: (groups, lines, index) => ({
      ...place(groups),
      ...optionalColumn(caretColumn(lines, index, 4)),
      severity: severityOf(groups['level']),
      message: groups['message'] ?? '',
    }),
  },
  // rustc: the message, then " --> src/main.rs:3:5"; esbuild: the message, a blank line, then "    main.ts:3:5:"
  {
    pattern: /^\s*(?:--> |╭▸ |)(?<file>[^\s:]+):(?<line>\d+):(?<column>\d+):?\s*$/,
    read: (groups, lines, index) => {
      const heading = lines.slice(Math.max(0, index - 2), index).findLast((line) => line.trim() !== '') ?? ''
      const message = heading.replace(/^[✘▲]\s*\[\w+\]\s*/, '')
      return {
        ...place(groups),
        column: Number(groups['column']),
        severity: /^(?:warning|▲)/.test(heading) ? 'warning' : 'error',
        message: message || 'Error here',
      }
    },
  },
  // go build and go vet: ./main.go:5:2: undefined: x
  {
    pattern: /^(?:vet: )?(?<file>[^\s:]+\.go):(?<line>\d+):(?<column>\d+): (?<message>.+)$/,
    read: (groups) => ({
      ...place(groups),
      column: Number(groups['column']),
      severity: 'error',
      message: groups['message'] ?? '',
    }),
  },
  // Ruby: main.rb:3:in 'Integer#/': divided by 0 (ZeroDivisionError), and main.rb:1: syntax error …
  {
    pattern: /^(?<file>[^\s:]+\.rb):(?<line>\d+):(?:in [`'][^']+':)? (?<message>.+)$/,
    read: (groups) => ({
      ...place(groups),
      severity: groups['message']?.startsWith('warning:') ? 'warning' : 'error',
      message: groups['message'] ?? '',
    }),
  },
  // Node on a syntax error or an uncaught one: /box/main.js:3, the source line, a caret, a blank, the message
  {
    pattern: /^(?<file>(?:file:\/\/)?\/[^\s:]+\.[cm]?[jt]s):(?<line>\d+)$/,
    read: (groups, lines, index) => ({
      ...place(groups),
      ...optionalColumn(caretColumn(lines, index, 3)),
      severity: 'error',
      message:
        lines
          .slice(index + 1, index + 12)
          .find((line) => /^(?:Uncaught )?[A-Z]\w*(?:Error|Exception)\b/.test(line)) ?? 'Uncaught error',
    }),
  },
  // bash: main.sh: line 3: foo: command not found
  {
    pattern: /^(?<file>[^\s:]+): line (?<line>\d+): (?<message>.+)$/,
    read: (groups) => ({ ...place(groups), severity: 'error', message: groups['message'] ?? '' }),
  },
  // Lua: lua: main.lua:3: message
  {
    pattern: /^lua[\d.]*: (?<file>[^\s:]+):(?<line>\d+): (?<message>.+)$/,
    read: (groups) => ({ ...place(groups), severity: 'error', message: groups['message'] ?? '' }),
  },
  // PHP and Perl: message in /box/main.php on line 3; message at main.pl line 3.
  {
    pattern: /^(?<message>.+?) (?:in|at) (?<file>[^\s:]+\.\w+) (?:on )?line (?<line>\d+)\b/,
    read: (groups) => ({
      ...place(groups),
      severity: /^(?:PHP )?(?:Warning|Notice|Deprecated)/.test(groups['message'] ?? '') ? 'warning' : 'error',
      message: groups['message'] ?? '',
    }),
  },
]

function optionalColumn(column: number | undefined): { column?: number } {
  return column === undefined ? {} : { column }
}
