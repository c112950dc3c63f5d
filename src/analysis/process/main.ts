/** The analysis process: takes one order at a time from its parent, answers it, ends when the parent goes. */
import { analyzeSources } from '../engine/analyze-sources.js'
import { loadGrammars, openGrammars } from '../engine/grammars.js'
import { analyzedLanguage } from '../languages/index.js'
import { confine } from './confine.js'
import type { AnalysisOrder, ProcessMessage, ProcessOptions } from './protocol.js'

const { bounds, parserBytes, confinement } = JSON.parse(process.argv[2] ?? '') as ProcessOptions

// Ctrl-C reaches the whole process group; the parent decides when this one ends.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
process.on('disconnect', () => process.exit())

const grammars = await loadGrammars(parserBytes, openGrammars())
confine(confinement)

process.on('message', (message) => {
  void answer(message as AnalysisOrder)
})
tell({ type: 'ready' })

async function answer({ id, language: languageId, selected }: AnalysisOrder): Promise<void> {
  tell({ type: 'taken', id })
  const language = analyzedLanguage(languageId)
  if (!language) throw new Error(`No grammar for ${languageId}`)
  // A throw ends the process, as it should: after a parser failed its memory is not to be trusted.
  const report = await analyzeSources(selected, language, grammars, bounds)
  tell({ type: 'report', id, report })
}

function tell(message: ProcessMessage): void {
  process.send?.(message)
}
