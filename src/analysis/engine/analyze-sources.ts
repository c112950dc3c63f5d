/** Source files in, report out. No I/O but reading grammars, no clock but for the deadline. */
import type { Parser } from 'web-tree-sitter'
import type { AnalysisReport, Finding } from '../../contract/analysis.js'
import type { AnalysisBounds } from './bounds.js'
import { Deadline } from './bounds.js'
import type { Grammars } from './grammars.js'
import type { AnalyzedLanguage } from './language.js'
import type { Match } from './match-rules.js'
import { matchRules } from './match-rules.js'
import { positionsOf } from './positions.js'
import type { Notes } from './report.js'
import { buildReport, newNotes } from './report.js'
import type { SelectedSource, SelectedSources } from './select-sources.js'
import type { SyntaxTree } from './syntax-tree.js'
import { copyTree } from './syntax-tree.js'

/** Analyzes what was selected, within the bounds. Throws only when the parser itself fails. */
export async function analyzeSources(
  selected: SelectedSources,
  language: AnalyzedLanguage,
  grammars: Grammars,
  bounds: AnalysisBounds,
): Promise<AnalysisReport> {
  const notes = newNotes(selected.notes)
  const deadline = new Deadline(bounds.timeMs)
  const localModules = new Set(selected.modules)
  const findings: Finding[] = []
  for (const source of selected.sources) {
    const parser = await grammars.parser(source.grammar)
    const maxFindings = bounds.findings - findings.length
    findings.push(
      ...analyzeFile({ source, parser, language, localModules, bounds, deadline, maxFindings, notes }),
    )
  }
  const names = selected.sources.map(({ name }) => name)
  return buildReport(language.id, names, findings, bounds.listedFindings, notes)
}

interface FileInput {
  readonly source: SelectedSource
  readonly parser: Parser
  readonly language: AnalyzedLanguage
  readonly localModules: ReadonlySet<string>
  readonly bounds: AnalysisBounds
  readonly deadline: Deadline
  readonly maxFindings: number
  readonly notes: Notes
}

function analyzeFile({ source, language, localModules, maxFindings, ...input }: FileInput): Finding[] {
  const { parser, bounds, deadline, notes } = input
  const text = readable(source.content)
  const tree = parse(text, source.name, parser, bounds, deadline, notes)
  if (!tree) return []
  const { frontend, rules } = language
  const tick = (): void => deadline.check()
  const result = matchRules({ tree, frontend, rules, localModules, maxMatches: maxFindings, tick })
  if (!result.complete) {
    notes.add(`\`${source.name}\` was not analyzed to its end: it took too long, or too much was found.`)
  }
  const positionOf = positionsOf(text)
  return result.matches.map((match) => toFinding(match, source.name, positionOf))
}

function parse(
  text: string,
  name: string,
  parser: Parser,
  bounds: AnalysisBounds,
  deadline: Deadline,
  notes: Notes,
): SyntaxTree | undefined {
  const parsed = parser.parse(text, null, { progressCallback: () => deadline.isOver() })
  if (!parsed) {
    parser.reset()
    notes.add(`\`${name}\` was not analyzed: the time was over before it was read.`)
    return undefined
  }
  let tree
  try {
    tree = copyTree(parsed, text, { maxNodes: bounds.nodes, maxDepth: bounds.depth })
  } finally {
    parsed.delete()
  }
  if (tree.cut === 'depth') {
    notes.add(`\`${name}\` is nested more than ${bounds.depth} deep; what lies deeper was not analyzed.`)
  } else if (tree.cut === 'nodes') {
    notes.add(`\`${name}\` is too large; only its beginning was analyzed.`)
  }
  return tree
}

/** Bytes that are not UTF-8 become U+FFFD. NUL would end the text for some grammars, but not for the runtimes. */
function readable(content: Uint8Array): string {
  return new TextDecoder().decode(content).replaceAll('\0', ' ')
}

function toFinding(
  { rule, start, end, path }: Match,
  file: string,
  positionOf: ReturnType<typeof positionsOf>,
): Finding {
  const from = positionOf(start)
  const to = positionOf(end)
  return {
    rule: rule.id,
    category: rule.category,
    severity: rule.severity,
    message: rule.message.replaceAll('{name}', path === undefined ? '' : displayName(path)),
    file,
    line: from.line,
    column: from.column,
    endLine: to.line,
    endColumn: to.column,
  }
}

/** `builtins.eval` is known to people as `eval`, `pathlib.Path().unlink` as `pathlib.Path.unlink`. */
function displayName(path: string): string {
  return path.replaceAll(/\(\)|\[\]/g, '').replace(/^(?:builtins|global|builtin|Kernel|command)\./, '')
}
