/** `/api/v1/shares`: a program that others can open by its address. */
import { z } from 'zod'
import { executeOptions, submittedFile } from './execute.js'

export const shareRequest = z
  .strictObject({
    language: executeOptions.language,
    code: z.string().nullish().describe('The program, when it is one file. Either this or `files`.'),
    files: z.array(submittedFile).min(1).nullish().describe('The program, when it is several files.'),
    stdin: executeOptions.stdin,
    args: executeOptions.args,
    expiresInSeconds: z
      .int()
      .min(60)
      .nullish()
      .describe('How long the link works; the longest that the server allows when absent.'),
  })
  .meta({ id: 'ShareRequest', examples: [{ language: 'python', code: 'print("hello")\n' }] })

export type ShareRequest = z.infer<typeof shareRequest>

export const shareCreated = z
  .object({
    id: z.string(),
    url: z.string().describe('Opens the program in the web page.'),
    expiresAt: z.iso.datetime(),
  })
  .meta({ id: 'ShareCreated' })

export type ShareCreated = z.infer<typeof shareCreated>

export const sharedProgram = z.object({
  language: z.string(),
  files: z.array(submittedFile),
  stdin: z.string(),
  args: z.array(z.string()),
})

export type SharedProgram = z.infer<typeof sharedProgram>

export const shareAnswer = sharedProgram
  .extend({ id: z.string(), createdAt: z.iso.datetime(), expiresAt: z.iso.datetime() })
  .meta({ id: 'Share' })

export type ShareAnswer = z.infer<typeof shareAnswer>
