/** Redis as the queue uses it: scripts on one connection, mail on another, hints on a third. */
import { EventEmitter } from 'node:events'
import { Redis } from 'ioredis'
import { ServiceError } from '../../contract/errors.js'
import { queueFull } from '../bounds.js'
import type { ScriptName } from './scripts.js'
import { SCRIPTS } from './scripts.js'
import type { ServerMemory } from './server.js'
import { isOutOfMemory, memoryOf, problemOf } from './server.js'

const CONNECT_TIMEOUT_MS = 3000
const RETRY_FIRST_MS = 50
const RETRY_MOST_MS = 1000
/** A connection that is up but says nothing, as behind a firewall that forgot it, counts as down after this. */
const COMMAND_TIMEOUT_MS = 5000
/** How long a reader waits for mail at once. */
const MAIL_BLOCK_MS = 2000
const MAIL_BATCH = 100
const UNAVAILABLE_RETRY_SECONDS = 5
const OUT_OF_MEMORY_RETRY_SECONDS = 10

export type Argument = string | number | Buffer

export interface Mail {
  readonly kind: string
  readonly id: string
  readonly body: Buffer
  readonly figures: string
}

export interface ConnectionEvents {
  /** Usable, for the first time or again. */
  up: []
  down: []
  /** It answers, but the queue cannot work with it: why, in one sentence. */
  unusable: [string]
  /** Redis has refused a write because its memory is used up. */
  outOfMemory: []
  /** A job waits; whether it may start although no slot is free. */
  work: [boolean]
  news: [string]
  mail: [Mail]
}

export function queueUnavailable(cause?: unknown): ServiceError {
  return new ServiceError('QUEUE_UNAVAILABLE', 'The queue cannot be reached just now; please try again.', {
    cause,
    retryAfterSeconds: UNAVAILABLE_RETRY_SECONDS,
  })
}

export class QueueConnection extends EventEmitter<ConnectionEvents> {
  readonly #prefix: string
  readonly #member: string
  readonly #commands: Redis
  readonly #reader: Redis
  readonly #hints: Redis
  #closed = false
  #problem: string | undefined
  #isChecked = false
  #memory: ServerMemory | undefined

  constructor(url: string, prefix: string, member: string) {
    super()
    this.#prefix = prefix
    this.#member = member
    const options = {
      // Replies to scripts are lists of strings and numbers, the same in every version of Redis.
      protocol: 2 as const,
      connectTimeout: CONNECT_TIMEOUT_MS,
      retryStrategy: (attempt: number) => Math.min(RETRY_FIRST_MS * 2 ** attempt, RETRY_MOST_MS),
      // What was under way when a connection broke may have been done: whoever sent it decides whether to send it again.
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      enableOfflineQueue: false,
    }
    this.#commands = new Redis(url, { ...options, commandTimeout: COMMAND_TIMEOUT_MS })
    this.#reader = new Redis(url, options)
    // It subscribes below, whenever it is ready: by itself, nobody would catch what comes of it.
    this.#hints = new Redis(url, { ...options, enableOfflineQueue: true, autoResubscribe: false })
    for (const connection of [this.#commands, this.#reader, this.#hints]) {
      // Each failed attempt is one; what matters is whether commands get through, and they say so themselves.
      connection.on('error', () => {})
    }
    for (const [name, lua] of Object.entries(SCRIPTS)) {
      this.#commands.defineCommand(name, { numberOfKeys: 1, lua })
    }
    this.#commands.on('ready', () => void this.#inspect())
    this.#commands.on('close', () => {
      this.#isChecked = false
      this.emit('down')
    })
    this.#hints.on('messageBuffer', (channel: Buffer, message: Buffer) => {
      if (channel.toString() === `${prefix}work`) this.emit('work', message.toString() === 'beyond')
      else this.emit('news', message.toString())
    })
    this.#hints.on('ready', () => {
      this.#hints.subscribe(`${prefix}work`, `${prefix}news`).then(
        // Whatever was said before could not be heard.
        () => this.emit('work', true),
        () => {},
      )
    })
    void this.#readMail()
  }

  get isUp(): boolean {
    return this.#commands.status === 'ready' && this.#isChecked
  }

  /** Why the queue cannot work with the server that it has reached. */
  get problem(): string | undefined {
    return this.#problem
  }

  /** The server's memory as of the last look; undefined where it does not say. */
  get memory(): ServerMemory | undefined {
    return this.#memory
  }

  async lookAtMemory(): Promise<void> {
    this.#memory = (await memoryOf(this.#commands)) ?? this.#memory
  }

  /**
   * Runs a script. Rejects with QUEUE_UNAVAILABLE when Redis cannot be reached, and it may then have run or not; with
   * QUEUE_FULL when Redis has no memory for it, and then it has not.
   */
  async run<T>(name: ScriptName, ...args: readonly Argument[]): Promise<T> {
    if (this.#problem !== undefined) throw queueUnavailable(new Error(this.#problem))
    const commands = this.#commands as unknown as Record<string, (...args: readonly Argument[]) => Promise<T>>
    try {
      return await (commands[`${name}Buffer`] as (...args: readonly Argument[]) => Promise<T>)(
        this.#prefix,
        ...args,
      )
    } catch (error) {
      if (!isOutOfMemory(error)) throw queueUnavailable(error)
      this.emit('outOfMemory')
      throw queueFull('memory', OUT_OF_MEMORY_RETRY_SECONDS)
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    if (this.isUp) await this.run('part', this.#member).catch(() => {})
    for (const connection of [this.#commands, this.#reader, this.#hints]) connection.disconnect()
  }

  /** Usable only once it is known that it can do what the queue needs. */
  async #inspect(): Promise<void> {
    try {
      const problem = await problemOf(this.#commands, this.#prefix)
      await this.lookAtMemory()
      this.#problem = problem
      if (problem !== undefined) {
        this.emit('unusable', problem)
        return
      }
      this.#isChecked = true
      this.emit('up')
    } catch {
      // Away again; the next connection is looked at anew.
      if (this.#commands.status === 'ready') this.#commands.disconnect(true)
    }
  }

  /** Hands over every message once, also across lost connections: what was read is cut off only afterwards. */
  async #readMail(): Promise<void> {
    const box = `${this.#prefix}mail:${this.#member}`
    let last = '0'
    while (!this.#closed) {
      try {
        if (this.#reader.status !== 'ready') await ready(this.#reader)
        const reply = await this.#reader.callBuffer(
          'XREAD',
          'COUNT',
          MAIL_BATCH,
          'BLOCK',
          MAIL_BLOCK_MS,
          'STREAMS',
          box,
          last,
        )
        const entries = entriesOf(reply)
        for (const { id, mail } of entries) {
          last = id
          this.emit('mail', mail)
        }
        if (entries.length > 0) this.#reader.xtrim(box, 'MINID', after(last)).catch(() => {})
      } catch {
        if (!this.#closed) await new Promise((resolve) => setTimeout(resolve, RETRY_FIRST_MS))
      }
    }
  }
}

/** Resolves when the connection can be used; rejects when an attempt to make it has failed. */
async function ready(connection: Redis): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const settle = (done: () => void) => (): void => {
      connection.off('ready', onReady)
      connection.off('close', onClose)
      done()
    }
    const onReady = settle(resolve)
    const onClose = settle(() => reject(queueUnavailable()))
    connection.on('ready', onReady)
    connection.on('close', onClose)
  })
}

/** The smallest id of a stream entry that is larger than this one. */
function after(id: string): string {
  const [milliseconds = '0', sequence = '0'] = id.split('-')
  return `${milliseconds}-${Number(sequence) + 1}`
}

type Entry = readonly [Buffer, readonly Buffer[]]

function entriesOf(reply: unknown): readonly { readonly id: string; readonly mail: Mail }[] {
  // One stream: [[name, entries]]; null when nothing came in time.
  const streams = reply as readonly (readonly [Buffer, readonly Entry[]])[] | null
  return (streams?.[0]?.[1] ?? []).map(([id, fields]) => ({ id: id.toString(), mail: mailOf(fields) }))
}

/** Fields stand in the order in which the scripts write them. */
function mailOf([, kind, , id, , body, , figures]: readonly Buffer[]): Mail {
  return {
    kind: String(kind),
    id: String(id),
    body: body ?? Buffer.alloc(0),
    figures: String(figures),
  }
}
