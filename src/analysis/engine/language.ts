/** A language that can be analyzed: its grammars, its front end and its rules. */
import type { LanguageFrontend } from './frontend.js'
import type { GrammarId } from './grammars.js'
import { RuleSet } from './rule-set.js'
import type { Rule } from './rule.js'

export interface LanguageDescription {
  /** Grammar for each extension of source files, the usual one first. */
  readonly grammars: Readonly<Record<string, GrammarId>>
  readonly frontend: LanguageFrontend
  readonly rules: readonly Rule[]
}

export interface AnalyzedLanguage {
  readonly id: string
  /** For an entry file, whatever it is called. */
  readonly grammar: GrammarId
  /** Grammar for a file by its name, undefined when it is no source file. */
  grammarOf(fileName: string): GrammarId | undefined
  readonly frontend: LanguageFrontend
  readonly rules: RuleSet
}

/** Makes a description ready for use. */
export function prepareLanguage(
  id: string,
  { grammars, frontend, rules }: LanguageDescription,
): AnalyzedLanguage {
  const [grammar] = Object.values(grammars)
  if (!grammar) throw new Error(`Language ${id} has no grammar`)
  return {
    id,
    grammar,
    grammarOf: (fileName) => grammars[/\.(\w+)$/.exec(fileName)?.[1]?.toLowerCase() ?? ''],
    frontend,
    rules: new RuleSet(rules),
  }
}
