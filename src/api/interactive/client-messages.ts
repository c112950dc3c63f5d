/** Text of a message → what the client says, or the reason why it cannot be said. Pure. */
import { ServiceError } from '../../contract/errors.js'
import type { ProgramInput } from '../../contract/program-input.js'
import { interactiveStart, programInput } from '../../contract/wire/interactive.js'
import type { InteractiveStart } from '../../contract/wire/interactive.js'
import { invalidField } from '../invalid-input.js'
import { parseJson } from '../plugins/json-body.js'
import { checkAgainst } from '../plugins/validation.js'

/** What a socket must know to judge its next message. */
export interface Progress {
  readonly started: boolean
  readonly hasTerminal: boolean
}

export function readClientMessage(
  message: Buffer,
  { started, hasTerminal }: Progress,
): InteractiveStart | ProgramInput {
  const parsed = inWordsOfMessages(() => parseJson(message))
  const type = typeOf(parsed)
  if (type === 'start') {
    if (started) throw invalidField('start', 'was sent before; one socket runs one program')
    return inWordsOfMessages(() => checkAgainst(interactiveStart, parsed))
  }
  if (!started) throw invalidField('type', 'must be "start" in the first message')
  const input = inWordsOfMessages(() => checkAgainst(programInput, parsed))
  if (input.type === 'resize' && !hasTerminal) {
    throw invalidField('resize', 'needs a terminal; start with "tty" to have one')
  }
  return input
}

function typeOf(message: unknown): unknown {
  return typeof message === 'object' && message !== null ? Reflect.get(message, 'type') : undefined
}

/** What reads the bodies of requests speaks of a body. */
function inWordsOfMessages<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    const message = error.message.replace(/\bthe body\b/gi, (found) =>
      found.startsWith('T') ? 'The message' : 'the message',
    )
    const { details } = error
    throw new ServiceError(error.code, message, { cause: error, ...(details !== undefined && { details }) })
  }
}
