import type { LanguageDescription } from '../../engine/language.js'
import { javaFrontend } from './frontend.js'
import { data } from './rules/data.js'
import { quality } from './rules/quality.js'
import { running } from './rules/running.js'

export const java: LanguageDescription = {
  grammars: { java: 'java' },
  frontend: javaFrontend,
  rules: [...running, ...data, ...quality],
}
