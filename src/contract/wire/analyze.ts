/** `POST /api/v1/analyze`: what clients send. */
import { z } from 'zod'
import { executeOptions, submittedFile } from './execute.js'

export const analyzeRequest = z
  .strictObject({
    language: executeOptions.language,
    code: z.string().optional().describe('The program, when it is one file.'),
    files: z
      .array(submittedFile)
      .min(1)
      .optional()
      .describe('The program, when it is several files; either `code` or `files` is needed.'),
  })
  .meta({
    id: 'AnalyzeRequest',
    examples: [{ language: 'python', code: 'import os as o\no.system("ls")\n' }],
  })

export type AnalyzeRequest = z.infer<typeof analyzeRequest>
