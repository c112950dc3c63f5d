import type { LanguageDescription } from '../../engine/language.js'
import { pythonFrontend } from './frontend.js'
import { codeInjection } from './rules/code-injection.js'
import { filesAndModules } from './rules/files-and-modules.js'
import { network } from './rules/network.js'
import { quality } from './rules/quality.js'
import { systemCommand } from './rules/system-command.js'
import { waiting } from './rules/waiting.js'

export const python: LanguageDescription = {
  grammars: { py: 'python', pyw: 'python', pyi: 'python' },
  frontend: pythonFrontend,
  rules: [...codeInjection, ...systemCommand, ...network, ...filesAndModules, ...waiting, ...quality],
}
