/** Which of the files sent are analyzed, and with which grammar. Nothing is read yet. */
import type { AnalysisRequest } from '../../contract/analysis.js'
import type { SourceFile } from '../../contract/execution.js'
import type { GrammarId } from './grammars.js'
import type { AnalyzedLanguage } from './language.js'

export interface SelectedSource extends SourceFile {
  readonly grammar: GrammarId
}

export interface SelectedSources {
  readonly sources: readonly SelectedSource[]
  /** First names of the modules sent, whether analyzed or not. */
  readonly modules: readonly string[]
  /** Sentences on what was left out. */
  readonly notes: readonly string[]
}

/** Source files in the order sent, as many as fit into `sourceBytes` together; data files are passed over. */
export function selectSources(
  request: AnalysisRequest,
  language: AnalyzedLanguage,
  sourceBytes: number,
): SelectedSources {
  const sources: SelectedSource[] = []
  const notes: string[] = []
  let bytesLeft = sourceBytes
  for (const { name, content } of request.files) {
    const grammar = language.grammarOf(name) ?? (name === request.entryPoint ? language.grammar : undefined)
    if (!grammar) continue
    if (content.byteLength > bytesLeft) {
      notes.push(
        `\`${name}\` was not analyzed: at most ${sourceBytes} bytes of source are, all files together.`,
      )
      continue
    }
    bytesLeft -= content.byteLength
    sources.push({ name, content, grammar })
  }
  return { sources, modules: request.files.map(({ name }) => moduleOf(name)), notes }
}

/** `tools` for `tools.py` and for `tools/text.py`. */
function moduleOf(fileName: string): string {
  return (fileName.split('/')[0] ?? '').replace(/\.\w+$/, '')
}
