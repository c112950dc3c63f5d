import type { LanguageDescription } from '../../engine/language.js'
import { javascriptFrontend } from './frontend.js'
import { codeInjection } from './rules/code-injection.js'
import { filesAndModules } from './rules/files-and-modules.js'
import { network } from './rules/network.js'
import { quality } from './rules/quality.js'
import { systemCommand } from './rules/system-command.js'
import { waiting } from './rules/waiting.js'

const rules = [...codeInjection, ...systemCommand, ...network, ...filesAndModules, ...waiting, ...quality]

/** Node takes both kinds of file side by side, so each language knows the other's extensions. */
export const javascript: LanguageDescription = {
  grammars: { js: 'javascript', mjs: 'javascript', cjs: 'javascript', jsx: 'javascript' },
  frontend: javascriptFrontend,
  rules,
}

export const typescript: LanguageDescription = {
  grammars: {
    ts: 'typescript',
    mts: 'typescript',
    cts: 'typescript',
    tsx: 'tsx',
    js: 'javascript',
    mjs: 'javascript',
    cjs: 'javascript',
  },
  frontend: javascriptFrontend,
  rules,
}
