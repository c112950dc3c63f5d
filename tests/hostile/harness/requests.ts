/** A case → the body that is sent for it. Pure but for reading the programs. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { HostileCase } from '../case.js'
import { languageOf } from '../case.js'
import type { HostFacts } from './canaries.js'

export const PROGRAMS = fileURLToPath(new URL('../programs/', import.meta.url))

/** What single-file programs are called where other files come along. */
const USUAL_NAMES: Readonly<Record<string, string>> = {
  javascript: 'main.js',
  typescript: 'main.ts',
  python: 'main.py',
  ruby: 'main.rb',
  bash: 'main.sh',
  c: 'main.c',
  cpp: 'main.cpp',
  go: 'main.go',
  java: 'Main.java',
}

export interface HostileRequest {
  readonly address: '/api/v1/execute' | '/api/v2/execute'
  readonly body: Readonly<Record<string, unknown>>
}

export function requestFor(hostile: HostileCase, host: HostFacts): HostileRequest {
  const language = languageOf(hostile)
  const { args = [], stdin, limits, sentAs, with: others } = hostile
  const options = {
    language,
    args: typeof args === 'function' ? args(host) : args,
    ...(stdin !== undefined && { stdin }),
    ...(limits !== undefined && { limits }),
  }
  const code = aimed(programText(hostile.program), host)
  if (sentAs === undefined && others === undefined) {
    return { address: '/api/v1/execute', body: { ...options, code } }
  }
  const files = [{ filename: sentAs ?? USUAL_NAMES[language], code, isEntryPoint: true }]
  for (const [filename, content] of Object.entries(others ?? {})) {
    const text = 'text' in content ? content.text : programText(content.program)
    files.push({ filename, code: aimed(text, host), isEntryPoint: false })
  }
  return { address: '/api/v2/execute', body: { ...options, files } }
}

export function programText(program: string): string {
  return readFileSync(`${PROGRAMS}${program}`, 'utf8')
}

function aimed(text: string, host: HostFacts): string {
  return text.replaceAll('@@CANARY_FILE@@', host.canaryFile)
}
