/** `GET /api/v1/languages`: what can be run here. */
import { z } from 'zod'
import { submittedFile } from './execute.js'

const limits = z
  .object({
    wallTimeMs: z.int(),
    cpuTimeMs: z.int(),
    memoryBytes: z.int(),
    maxProcesses: z.int(),
    outputBytes: z.int(),
    fileSizeBytes: z.int(),
  })
  .meta({ id: 'Limits' })

export const languageAnswer = z
  .object({
    id: z.string(),
    name: z.string().describe('For people.'),
    version: z
      .string()
      .nullable()
      .describe('As the runtime itself reports it; null until its image is ready.'),
    aliases: z.array(z.string()),
    extensions: z.array(z.string()).describe('Of source files, without dot, the usual one first.'),
    monaco: z.string().describe('Language id of the Monaco editor.'),
    hasCompileStage: z.boolean(),
    limits: z
      .object({ compile: limits.nullable(), run: limits })
      .describe('What applies unless a request asks otherwise.'),
    libraries: z.array(z.string()).describe('Beyond the standard library.'),
    sample: z
      .object({
        title: z.string(),
        files: z.array(submittedFile.pick({ filename: true, code: true, isEntryPoint: true })),
        stdin: z.string(),
        args: z.array(z.string()),
        expectedOutput: z.string(),
      })
      .describe('A program that works here; `files`, `stdin` and `args` are a body of `/api/v2/execute`.'),
    state: z
      .enum(['ready', 'installing', 'failed', 'absent'])
      .describe(
        'Programs run once it is `ready`; until then requests are a 503. `failed`: it is installed, but its trial run fails.',
      ),
    installation: z
      .object({
        step: z.string().describe('What is being done, for people.'),
        fraction: z.number().min(0).max(1).nullable().describe('Of that step; null where nobody knows.'),
      })
      .nullable()
      .describe('How far it is while it is `installing` and this is known.'),
  })
  .meta({ id: 'Language' })

export type LanguageAnswer = z.infer<typeof languageAnswer>

export const languagesAnswer = z.array(languageAnswer).meta({ id: 'Languages' })
