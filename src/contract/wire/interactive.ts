/** `WebSocket /api/v1/interactive`: what clients say and what they hear, one JSON object a text message. */
import { z } from 'zod'
import type { ErrorCode, ErrorDetail } from '../errors.js'
import type { Stage } from '../execution.js'
import { CLIENT_SIGNALS } from '../program-input.js'
import type { ExecuteAnswer } from './execute.js'
import { executeOptions, submittedFile } from './execute.js'

/** Larger terminals do not exist; the kernel would take 65,535. */
const MAX_TERMINAL_CELLS = 1000

const terminalCells = {
  cols: z.int().min(1).max(MAX_TERMINAL_CELLS).describe('Width in characters.'),
  rows: z.int().min(1).max(MAX_TERMINAL_CELLS).describe('Height in lines.'),
}

export const interactiveStart = z
  .strictObject({
    type: z.literal('start'),
    ...executeOptions,
    code: z.string().nullish().describe('The program, where it is one file.'),
    files: z.array(submittedFile).min(1).nullish().describe('The program, where it is several files.'),
    tty: z
      .strictObject(terminalCells)
      .nullish()
      .describe('Size of the terminal the program gets; pipes when absent.'),
  })
  .meta({
    id: 'InteractiveStart',
    examples: [{ type: 'start', language: 'python', code: 'print("Hello, " + input("Name? "))' }],
  })

export type InteractiveStart = z.infer<typeof interactiveStart>

/** What a client may say after `start`. */
export const programInput = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('stdin'),
    data: z
      .string()
      .refine((data) => data.isWellFormed(), 'contains half of a surrogate pair, which is not valid Unicode')
      .describe('Goes to standard input as UTF-8; in a terminal it is what was typed.'),
  }),
  z.strictObject({ type: z.literal('stdin-end') }),
  z.strictObject({ type: z.literal('signal'), signal: z.enum(CLIENT_SIGNALS) }),
  z.strictObject({ type: z.literal('resize'), ...terminalCells }),
])

/** Why there will be no result, or no more of it. */
export interface InteractiveError {
  readonly type: 'error'
  readonly errorMessage: string
  readonly code: ErrorCode
  readonly details?: readonly ErrorDetail[]
  readonly retryAfterSeconds?: number
}

/** What the service says. Text never ends inside a character. */
export type InteractiveMessage =
  | InteractiveError
  | { readonly type: 'queued'; readonly position: number }
  | { readonly type: 'stage'; readonly stage: Stage }
  | { readonly type: 'stdout' | 'stderr'; readonly data: string }
  | { readonly type: 'result'; readonly result: ExecuteAnswer['result'] }
