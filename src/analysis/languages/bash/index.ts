import type { LanguageDescription } from '../../engine/language.js'
import { bashFrontend } from './frontend.js'
import { data } from './rules/data.js'
import { quality } from './rules/quality.js'
import { running } from './rules/running.js'

export const bash: LanguageDescription = {
  grammars: { sh: 'bash', bash: 'bash' },
  frontend: bashFrontend,
  rules: [...running, ...data, ...quality],
}
