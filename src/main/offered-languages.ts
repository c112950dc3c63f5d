import type { Config } from '../config/variables.js'
import { createRegistry } from '../languages/registry.js'
import type { LanguageRegistry } from '../languages/registry.js'

/** The languages an operator has chosen; an unknown one is refused rather than left out in silence. */
export function offeredLanguages(all: LanguageRegistry, chosen: Config['languages']): LanguageRegistry {
  if (chosen === 'all') return all
  return createRegistry([...new Set(chosen)].map((id) => all.require(id)))
}
