import type { LanguageDescription } from '../../engine/language.js'
import { goFrontend } from './frontend.js'
import { data } from './rules/data.js'
import { quality } from './rules/quality.js'
import { running } from './rules/running.js'

export const go: LanguageDescription = {
  grammars: { go: 'go' },
  frontend: goFrontend,
  rules: [...running, ...data, ...quality],
}
