/** One program over the WebSocket endpoint: its stages and output as they come, its input as it is typed. */
import { ERRORS } from '../../../src/contract/errors.js'
import { asObject, number, orElse, string } from './decode.js'
import { problemKind, problemOf, type Problem } from './problem.js'
import { executionResult, type ExecuteBody, type ExecutionResult } from './wire.js'

export interface InteractiveHandlers {
  onQueued(position: number): void
  onStage(stage: 'compile' | 'run'): void
  onOutput(stream: 'stdout' | 'stderr', text: string): void
  onResult(result: ExecutionResult): void
  onProblem(problem: Problem): void
  /** The socket closed without a result. `opened` is false when it never opened. */
  onLost(opened: boolean): void
}

export interface TerminalSize {
  readonly cols: number
  readonly rows: number
}

export interface InteractiveSession {
  stdin(data: string): void
  signal(name: 'SIGINT' | 'SIGTERM' | 'SIGKILL'): void
  resize(size: TerminalSize): void
  /** Ends the program with the connection; no handler is called afterwards. */
  close(): void
}

/** Half of a surrogate pair, which no UTF-8 can carry. */
const HALF_CHARACTER = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g
/** What is pasted may be longer than the service takes in one message; a piece ends at a character. */
const PIECE = /[\s\S]{1,4096}/gu

/**
 * Starts `body`. With `tty` the program gets a terminal of that size for its three standard streams; without, it reads
 * the body's `stdin` and then the end of input.
 */
export function openInteractive(
  body: ExecuteBody,
  tty: TerminalSize | null,
  handlers: InteractiveHandlers,
): InteractiveSession {
  const address = new URL('/api/v1/interactive', location.href)
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:'
  const socket = new WebSocket(address)
  let opened = false
  let over = false

  const send = (message: object) => {
    if (socket.readyState === WebSocket.OPEN) {
      socket.send(JSON.stringify(message))
    }
  }
  const end = (report: () => void) => {
    if (!over) {
      over = true
      report()
    }
  }

  socket.addEventListener('open', () => {
    opened = true
    send({ type: 'start', ...body, ...(tty ? { tty } : {}) })
    if (!tty) {
      // All of the input is in the body.
      send({ type: 'stdin-end' })
    }
  })
  socket.addEventListener('message', (event) => {
    if (over || typeof event.data !== 'string') {
      return
    }
    try {
      receive(JSON.parse(event.data), handlers, end)
    } catch (error) {
      end(() => handlers.onProblem(problemOf('failed', error instanceof Error ? error.message : '')))
      socket.close()
    }
  })
  socket.addEventListener('close', () => end(() => handlers.onLost(opened)))

  return {
    stdin: (data) => {
      for (const piece of data.replaceAll(HALF_CHARACTER, '\uFFFD').match(PIECE) ?? []) {
        send({ type: 'stdin', data: piece })
      }
    },
    signal: (signal) => send({ type: 'signal', signal }),
    resize: ({ cols, rows }) => send({ type: 'resize', cols, rows }),
    close: () => {
      over = true
      socket.close()
    },
  }
}

/** The HTTP status that the same error has; a message of the socket carries the code alone. */
function statusOf(code: string): number {
  return Object.entries(ERRORS).find(([name]) => name === code)?.[1].status ?? 400
}

function receive(data: unknown, handlers: InteractiveHandlers, end: (report: () => void) => void): void {
  const message = asObject(data, 'message')
  switch (message['type']) {
    case 'queued': {
      handlers.onQueued(orElse(number, 0)(message['position'], 'message.position'))
      return
    }
    case 'stage': {
      handlers.onStage(message['stage'] === 'compile' ? 'compile' : 'run')
      return
    }
    case 'stdout':
    case 'stderr': {
      handlers.onOutput(message['type'], string(message['data'], 'message.data'))
      return
    }
    case 'result': {
      const result = executionResult(message['result'], 'message.result')
      end(() => handlers.onResult(result))
      return
    }
    case 'error': {
      const code = orElse(string, '')(message['code'], 'message.code')
      const retryAfter = message['retryAfterSeconds']
      const problem = problemOf(
        problemKind(code, statusOf(code)),
        orElse(string, '')(message['errorMessage'], 'message.errorMessage'),
        typeof retryAfter === 'number' ? retryAfter : null,
      )
      end(() => handlers.onProblem(problem))
      return
    }
    default:
    // Messages of a newer server are ignored.
  }
}
