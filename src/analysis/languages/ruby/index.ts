import type { LanguageDescription } from '../../engine/language.js'
import { rubyFrontend } from './frontend.js'
import { data } from './rules/data.js'
import { quality } from './rules/quality.js'
import { running } from './rules/running.js'

export const ruby: LanguageDescription = {
  grammars: { rb: 'ruby', rake: 'ruby', ru: 'ruby' },
  frontend: rubyFrontend,
  rules: [...running, ...data, ...quality],
}
