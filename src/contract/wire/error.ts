import { z } from 'zod'
import { ERRORS } from '../errors.js'
import type { ErrorCode } from '../errors.js'

function isErrorCode(name: string): name is ErrorCode {
  return name in ERRORS
}

/** The body of every answer that is an error of the request or of the service. */
export const errorAnswer = z
  .object({
    succeeded: z.literal(false),
    errorMessage: z.string().describe('One sentence that says what to do about it.'),
    code: z.enum(Object.keys(ERRORS).filter(isErrorCode)).describe('Stable name of the error.'),
    details: z
      .array(
        z.object({
          path: z.string().describe('The field, as in `files[0].filename`.'),
          message: z.string().describe('What is wrong with it.'),
        }),
      )
      .optional()
      .describe('Every wrong field, where fields are at fault.'),
  })
  .meta({
    id: 'Error',
    examples: [
      {
        succeeded: false,
        errorMessage: 'Invalid input: code is required',
        code: 'INVALID_INPUT',
        details: [{ path: 'code', message: 'is required' }],
      },
    ],
  })

export type ErrorAnswer = z.infer<typeof errorAnswer>
