/** Toy languages and requests for tests of execution and of what stands above it; their programs are fake ones. */
import type { ExecutionRequest } from '../contract/execution.js'
import type { Limits } from '../contract/limits.js'
import type { LanguageDefinition } from '../languages/define-language.js'

const MIB = 1_048_576

export const LIMITS: Limits = {
  wallTimeMs: 5000,
  cpuTimeMs: 5000,
  memoryBytes: 64 * MIB,
  maxProcesses: 64,
  outputBytes: MIB,
  fileSizeBytes: 64 * MIB,
}

/** A language whose commands are programs of the fake driver, in its image `fake`. */
export function toyLanguage(run: readonly string[], compile?: readonly string[]): LanguageDefinition {
  return {
    id: 'fake',
    name: 'Fake',
    aliases: [],
    extensions: ['txt'],
    monaco: 'plaintext',
    mainFile: 'main.txt',
    image: { packages: [], buildSeconds: 1 },
    version: { argv: ['fake'], pattern: /(.+)/u },
    ...(compile !== undefined && { compile: { argv: compile } }),
    run: { argv: run },
    libraries: [],
    samples: [{ title: 'none', files: { 'main.txt': '' }, expectedOutput: '' }],
  }
}

export function toyRequest(overrides: Partial<ExecutionRequest> = {}): ExecutionRequest {
  return {
    jobId: 'job',
    language: 'fake',
    files: [{ name: 'main.txt', content: Buffer.from('source\n') }],
    entryPoint: 'main.txt',
    stdin: new Uint8Array(),
    args: [],
    limits: { compile: LIMITS, run: LIMITS },
    ...overrides,
  }
}
