import type { LanguageDescription } from '../../engine/language.js'
import { cFrontend } from './frontend.js'
import { cppRules } from './rules/cpp.js'
import { data } from './rules/data.js'
import { cOnlyQuality, quality } from './rules/quality.js'
import { running } from './rules/running.js'

const shared = [...running, ...data, ...quality]

export const c: LanguageDescription = {
  grammars: { c: 'c', h: 'c' },
  frontend: cFrontend,
  rules: [...shared, ...cOnlyQuality],
}

export const cpp: LanguageDescription = {
  grammars: { cpp: 'cpp', cc: 'cpp', cxx: 'cpp', hpp: 'cpp', hh: 'cpp', hxx: 'cpp', h: 'cpp', c: 'cpp' },
  frontend: cFrontend,
  rules: [...shared, ...cppRules],
}
