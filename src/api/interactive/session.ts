/** One interactive socket from its first message to its last: one program, its input, its output, its end. */
import type { Socket } from 'node:net'
import { ServiceError } from '../../contract/errors.js'
import type { ExecutionEvent } from '../../contract/events.js'
import type { ExecutionRequest, ExecutionResult, OutputStream } from '../../contract/execution.js'
import { LiveText } from '../../contract/live-text.js'
import type { ClientSignal, ProgramInput } from '../../contract/program-input.js'
import type { InteractiveMessage, InteractiveStart } from '../../contract/wire/interactive.js'
import { InputChannel } from '../../queue/input-channel.js'
import type { JobQueue } from '../../queue/job-queue.js'
import type { Bounds } from '../bounds/bounds.js'
import { COUNTED_FROM_LENGTH, weigh } from '../bounds/json-pieces.js'
import { toExecuteAnswer } from '../execute-answer.js'
import { invalidField } from '../invalid-input.js'
import { retryAfterSeconds, toServiceError } from '../plugins/errors.js'
import { readClientMessage } from './client-messages.js'
import type { CloseCode } from './close-codes.js'
import { closeCodeOf } from './close-codes.js'
import { keepHeartbeat } from './heartbeat.js'
import { Incoming } from './incoming.js'
import type { InteractiveSocket } from './interactive-socket.js'
import { boundMessages } from './message-bytes.js'
import { Outgoing } from './outgoing.js'

/** For the first message after the connection is made. */
const START_PATIENCE_MS = 15_000
/** For a slow reader to take the rest of the output after the program's time is over; its slot is kept until then. */
const OUTPUT_PATIENCE_MS = 30_000
/** For an error to reach a client in the middle of a message. */
const UNREAD_PATIENCE_MS = 1000
/** For a client to answer the closing of its socket. */
const GOODBYE_PATIENCE_MS = 5000

const ENDING_SIGNALS: ReadonlySet<ClientSignal> = new Set([
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGABRT',
  'SIGKILL',
  'SIGTERM',
])

export interface SessionOptions {
  readonly queue: Pick<JobQueue, 'submit'>
  /** Throws the ServiceError that the client is told. */
  readonly toExecution: (start: InteractiveStart) => ExecutionRequest
  /** Version of a language's runtime. */
  readonly runtimeVersion: (language: string) => string
  readonly clientKey: string
  /** The connection below the socket. */
  readonly connection: Socket
  /** Who the session counts for in these. */
  readonly client: string
  readonly bounds: Pick<Bounds, 'bodies' | 'answers'>
  readonly maxMessageBytes: number
  readonly maxStartBytes: number
  readonly pingIntervalMs: number
  /** Told how the session ended, and the error where there was one. */
  readonly onEnd: (end: SessionEnd) => void
}

export interface SessionEnd {
  readonly jobId: string | undefined
  /** What the service closed with; 1006 where the client left. */
  readonly closeCode: number
  readonly error: ServiceError | undefined
}

export class Session {
  readonly #socket: InteractiveSocket
  readonly #options: SessionOptions
  readonly #outgoing: Outgoing
  readonly #incoming: Incoming
  readonly #input = new InputChannel()
  readonly #cancel = new AbortController()
  #text = new LiveText()
  #execution: ExecutionRequest | undefined
  #ended = false
  #isSendingResult = false
  #runs = false
  #deadline: NodeJS.Timeout

  constructor(socket: InteractiveSocket, options: SessionOptions) {
    this.#socket = socket
    this.#options = options
    this.#outgoing = new Outgoing(socket)
    this.#incoming = new Incoming(socket)
    this.#deadline = setTimeout(() => {
      this.fail(new ServiceError('REQUEST_TIMEOUT', 'The start message did not arrive in time'))
    }, START_PATIENCE_MS)
    socket.beforeClose = (code) => this.#onClosing(code)
    socket.on('close', () => this.#end(1006))
    socket.on('message', (data, isBinary) => this.#onMessage(data as Buffer, isBinary))
    const { client, connection, bounds } = options
    boundMessages(socket, connection, {
      budget: bounds.bodies,
      client,
      isHeld: () => this.#incoming.isHeld,
      onRefused: (error) => this.#failUnread(error),
    })
    let taken = 0
    keepHeartbeat(socket, options.pingIntervalMs, {
      isAlive: () => {
        const takesOutput = this.#outgoing.taken !== taken
        taken = this.#outgoing.taken
        return takesOutput || this.#incoming.isHeld
      },
      onLost: () => socket.terminate(),
    })
  }

  /** Says why it cannot go on and closes the socket; the program is killed. */
  fail(error: ServiceError, closeCode: CloseCode = closeCodeOf(error.code)): void {
    if (this.#ended) return
    if (!this.#isSendingResult) this.#explain(error)
    this.#close(closeCode, error)
    // Nothing can be said in the middle of a message.
    if (this.#isSendingResult) this.#socket.terminate()
  }

  /** The same where the client is in the middle of a message, of which nothing more is read. */
  #failUnread(error: ServiceError): void {
    this.fail(error)
    this.#socket.pause()
    setTimeout(() => this.#socket.terminate(), UNREAD_PATIENCE_MS).unref()
  }

  #onMessage(data: Buffer, isBinary: boolean): void {
    if (this.#ended) return
    this.#incoming.count()
    try {
      if (isBinary) return this.fail(invalidField('the message', 'is binary; messages are text'), 1003)
      const { maxMessageBytes, maxStartBytes } = this.#options
      this.#refuseLarge(data.length, this.#execution === undefined ? maxStartBytes : maxMessageBytes)
      const message = readClientMessage(data, {
        started: this.#execution !== undefined,
        hasTerminal: this.#execution?.interactive?.tty !== undefined,
      })
      if (message.type === 'start') this.#start(message)
      else this.#pass(message)
    } catch (error) {
      this.fail(toServiceError(error))
    }
  }

  #refuseLarge(bytes: number, most: number): void {
    if (bytes <= most) return
    throw new ServiceError('PAYLOAD_TOO_LARGE', `The message has ${bytes} bytes, the maximum is ${most}`)
  }

  #start(message: InteractiveStart): void {
    const execution = this.#options.toExecution(message)
    clearTimeout(this.#deadline)
    this.#execution = execution
    const { clientKey, queue } = this.#options
    const job = {
      clientKey,
      signal: this.#cancel.signal,
      onEvent: (event: ExecutionEvent) => this.#onEvent(event),
      input: this.#input,
    }
    queue.submit(execution, job).then(
      (result) => this.#finish(result),
      (error: unknown) => {
        if (this.#cancel.signal.aborted) this.#finish(this.#cancelled(execution))
        else this.fail(toServiceError(error))
      },
    )
  }

  #finish(result: ExecutionResult): void {
    if (this.#ended) return
    const message = { type: 'result', result: toExecuteAnswer(result).result } as const
    const weight = weigh(message)
    if (weight >= COUNTED_FROM_LENGTH) return void this.#finishLarge(message, weight)
    this.#outgoing.send(message)
    this.#close(1000)
  }

  /** Counted until the client has taken it; one that takes nothing is disconnected, as `Connections` sees to. */
  async #finishLarge(message: InteractiveMessage, weight: number): Promise<void> {
    const { answers } = this.#options.bounds
    const { client } = this.#options
    const refusal = answers.take(client, weight)
    if (refusal !== undefined) return this.fail(refusal)
    this.#socket.once('close', () => answers.give(client, weight))
    clearTimeout(this.#deadline)
    this.#isSendingResult = true
    await this.#outgoing.sendInPieces(message)
    this.#isSendingResult = false
    if (!this.#ended) this.#close(1000)
  }

  /** It was cancelled before its turn came. */
  #cancelled({ jobId, language }: ExecutionRequest): ExecutionResult {
    const version = this.#options.runtimeVersion(language)
    const errorMessage = 'The execution was cancelled.'
    return { jobId, language, version, status: 'cancelled', errorMessage, compile: null, run: null }
  }

  #pass(input: ProgramInput): void {
    // There is no program yet that could handle it, and nobody wants to wait for one that is to be killed.
    if (!this.#runs && input.type === 'signal' && ENDING_SIGNALS.has(input.signal))
      return this.#cancel.abort()
    const length = input.type === 'stdin' ? input.data.length : 0
    this.#incoming.add(length, this.#input.send(input))
  }

  /** The result is not among what is passed on: it counts when the queue answers with it, not before. */
  #onEvent(event: ExecutionEvent): Promise<void> | void {
    if (this.#ended) return
    switch (event.type) {
      case 'queued':
        this.#outgoing.send({ type: 'queued', position: event.position })
        break
      case 'stage-started':
        this.#text = new LiveText()
        if (event.stage === 'run') this.#onRun()
        this.#outgoing.send({ type: 'stage', stage: event.stage })
        break
      case 'output':
        this.#sendText(event.stream, this.#text.write(event.stream, event.chunk))
        return this.#outgoing.room()
      case 'stage-finished':
        for (const { stream, data } of this.#text.end(event.result)) this.#sendText(stream, data)
        break
      case 'finished':
        break
    }
  }

  #sendText(stream: OutputStream, data: string): void {
    if (data !== '') this.#outgoing.send({ type: stream, data })
  }

  /** A reader that takes a byte a minute must not keep a slot for as long as that takes. */
  #onRun(): void {
    this.#runs = true
    const wallTimeMs = this.#execution?.limits.run.wallTimeMs ?? 0
    this.#deadline = setTimeout(() => {
      this.fail(new ServiceError('REQUEST_TIMEOUT', 'The output of the program was not taken in time'))
    }, wallTimeMs + OUTPUT_PATIENCE_MS)
  }

  /** The client closes, or the library does because of a faulty frame. */
  #onClosing(code: number): void {
    const reason = FAULTS[code]
    if (reason !== undefined && !this.#ended) {
      const tooLarge = code === 1009
      this.#explain(new ServiceError(tooLarge ? 'PAYLOAD_TOO_LARGE' : 'INVALID_INPUT', reason))
    }
    this.#end(code)
  }

  #explain(error: ServiceError): void {
    const { message: errorMessage, code, details } = error
    const retry = retryAfterSeconds(error)
    this.#outgoing.send({
      type: 'error',
      errorMessage,
      code,
      ...(details !== undefined && { details }),
      ...(retry !== undefined && { retryAfterSeconds: retry }),
    })
  }

  #close(closeCode: CloseCode, error?: ServiceError): void {
    this.#end(closeCode, error)
    this.#socket.close(closeCode)
  }

  /** From here on nothing is said or heard, and the program is killed where it still runs. */
  #end(closeCode: number, error?: ServiceError): void {
    if (this.#ended) return
    this.#ended = true
    clearTimeout(this.#deadline)
    this.#cancel.abort()
    this.#input.close()
    this.#outgoing.release()
    this.#incoming.release()
    const goodbye = setTimeout(() => this.#socket.terminate(), GOODBYE_PATIENCE_MS)
    this.#socket.once('close', () => clearTimeout(goodbye))
    this.#options.onEnd({ jobId: this.#execution?.jobId, closeCode, error })
  }
}

/** What the library closes for, as the client is told. A client that closes with one of these says it of us. */
const FAULTS: Readonly<Record<number, string>> = {
  1002: 'Invalid input: what arrived is not valid WebSocket',
  1007: 'Invalid input: the message is not valid UTF-8',
  1009: 'The message is larger than it may be',
}
