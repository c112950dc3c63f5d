/** Every language that can be analyzed. A new one is a folder here and a line below. */
import type { AnalyzedLanguage, LanguageDescription } from '../engine/language.js'
import { prepareLanguage } from '../engine/language.js'
import { bash } from './bash/index.js'
import { c, cpp } from './c-family/index.js'
import { go } from './go/index.js'
import { java } from './java/index.js'
import { javascript, typescript } from './javascript/index.js'
import { python } from './python/index.js'
import { ruby } from './ruby/index.js'

/** By canonical language id. */
export const LANGUAGE_DESCRIPTIONS: Readonly<Record<string, LanguageDescription>> = {
  javascript,
  typescript,
  python,
  java,
  go,
  c,
  cpp,
  ruby,
  bash,
}

const prepared = new Map<string, AnalyzedLanguage>()

/** A language ready for analysis, or undefined when there is no grammar for it. Made on first use. */
export function analyzedLanguage(id: string): AnalyzedLanguage | undefined {
  const description = Object.hasOwn(LANGUAGE_DESCRIPTIONS, id) ? LANGUAGE_DESCRIPTIONS[id] : undefined
  if (!description) return undefined
  let language = prepared.get(id)
  if (!language) {
    language = prepareLanguage(id, description)
    prepared.set(id, language)
  }
  return language
}
