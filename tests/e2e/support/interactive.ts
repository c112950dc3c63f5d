/** Talks to programs of a running service over its WebSocket, as a client would. */
import { WebSocket } from 'ws'
import type { Service } from '../../hostile/harness/service.js'
import type { Result } from './client.js'

export interface Message {
  readonly type: string
  readonly data?: string
  readonly stage?: string
  readonly position?: number
  readonly result?: Result
  readonly errorMessage?: string
  readonly code?: string
}

export interface Conversation {
  readonly socket: WebSocket
  /** Everything the service said, in order. */
  readonly messages: readonly Message[]
  /** What one stream said so far. */
  readonly text: (stream?: 'stdout' | 'stderr') => string
  /** Waits until standard output has this text, counted from where the last wait ended. */
  readonly said: (text: string) => Promise<void>
  readonly say: (message: object | string) => void
  readonly type: (data: string) => void
  /** Waits for a message that fits. */
  readonly heard: (fits: (message: Message) => boolean) => Promise<Message>
  /** The result, when the service has closed the socket. */
  readonly result: () => Promise<Result>
  /** The code the socket was closed with. */
  readonly closed: Promise<number>
}

export async function connect(service: Pick<Service, 'port'>): Promise<Conversation> {
  const socket = new WebSocket(`ws://127.0.0.1:${service.port}/api/v1/interactive`)
  const conversation = converse(socket)
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  return conversation
}

/** Connects and starts a program. */
export async function start(service: Pick<Service, 'port'>, program: object): Promise<Conversation> {
  const conversation = await connect(service)
  conversation.say({ type: 'start', ...program })
  return conversation
}

export function converse(socket: WebSocket): Conversation {
  const messages: Message[] = []
  const texts = { stdout: '', stderr: '' }
  const waiters = new Set<() => void>()
  const news = (): void => {
    for (const wake of waiters) wake()
    waiters.clear()
  }
  let closeCode: number | undefined
  let heardUpTo = 0
  const closed = new Promise<number>((resolve) => {
    socket.on('close', (code) => {
      closeCode = code
      resolve(code)
      news()
    })
  })
  socket.on('error', () => undefined)
  socket.on('message', (data) => {
    const message = JSON.parse((data as Buffer).toString()) as Message
    messages.push(message)
    if (message.type === 'stdout' || message.type === 'stderr') texts[message.type] += message.data ?? ''
    news()
  })
  async function until<T>(what: string, look: () => T | undefined): Promise<T> {
    for (;;) {
      const found = look()
      if (found !== undefined) return found
      if (closeCode !== undefined) {
        const tail = JSON.stringify(messages.slice(-5)).slice(0, 2000)
        throw new Error(`closed with ${closeCode} before ${what}; last messages: ${tail}`)
      }
      await new Promise<void>((resolve) => {
        waiters.add(resolve)
      })
    }
  }
  const say = (message: object | string): void =>
    socket.send(typeof message === 'string' ? message : JSON.stringify(message))
  const heard = (fits: (message: Message) => boolean): Promise<Message> =>
    until('the awaited message', () => messages.find(fits))
  return {
    socket,
    messages,
    text: (stream = 'stdout') => texts[stream],
    said: async (text) => {
      heardUpTo = await until(JSON.stringify(text), () => {
        const at = texts.stdout.indexOf(text, heardUpTo)
        return at === -1 ? undefined : at + text.length
      })
    },
    say,
    type: (data) => say({ type: 'stdin', data }),
    heard,
    result: async () => {
      const { result } = await heard((message) => message.type === 'result')
      await closed
      if (result === undefined) throw new Error('a result without its content')
      return result
    },
    closed,
  }
}
