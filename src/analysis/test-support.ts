/** What the tests of the analysis share: analyses without a process. */
import type { AnalysisReport } from '../contract/analysis.js'
import type { SourceFile } from '../contract/execution.js'
import { analyzeSources } from './engine/analyze-sources.js'
import type { AnalysisBounds } from './engine/bounds.js'
import { DEFAULT_BOUNDS } from './engine/bounds.js'
import { loadGrammars } from './engine/grammars.js'
import type { AnalyzedLanguage } from './engine/language.js'
import { selectSources } from './engine/select-sources.js'
import { analyzedLanguage, LANGUAGE_DESCRIPTIONS } from './languages/index.js'

/** Time is no concern of these tests, whatever the machine. */
const BOUNDS: AnalysisBounds = { ...DEFAULT_BOUNDS, timeMs: 3_600_000 }

const grammars = loadGrammars(256 * 1024 * 1024)

export function knownLanguage(id: string): AnalyzedLanguage {
  const language = analyzedLanguage(id)
  if (!language) throw new Error(`No grammar for ${id}`)
  return language
}

/** Analyzes files, the first of which is the entry. */
export async function analyzeFiles(
  id: string,
  files: readonly SourceFile[],
  bounds: Partial<AnalysisBounds> = {},
): Promise<AnalysisReport> {
  const language = knownLanguage(id)
  const all = { ...BOUNDS, ...bounds }
  const request = { language: id, entryPoint: files[0]?.name ?? '', files }
  return analyzeSources(selectSources(request, language, all.sourceBytes), language, await grammars, all)
}

/** Analyzes source files given as text by name. */
export function analyzeTexts(
  id: string,
  texts: Readonly<Record<string, string>>,
  bounds: Partial<AnalysisBounds> = {},
): Promise<AnalysisReport> {
  const files = Object.entries(texts).map(([name, text]) => ({ name, content: Buffer.from(text) }))
  return analyzeFiles(id, files, bounds)
}

/** Analyzes one file under a usual name. */
export function analyzeText(
  id: string,
  text: string,
  bounds: Partial<AnalysisBounds> = {},
): Promise<AnalysisReport> {
  const [extension = ''] = Object.keys(LANGUAGE_DESCRIPTIONS[id]?.grammars ?? {})
  return analyzeTexts(id, { [`main.${extension}`]: text }, bounds)
}

export function rulesOf({ findings }: AnalysisReport): string[] {
  return findings.map(({ rule }) => rule)
}
