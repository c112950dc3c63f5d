/** Many connections of clients that mean no good, each client with a loopback address of its own. */
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import net from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

const MEBIBYTE = 2 ** 20

/** Resident memory of one process, in MiB. */
export function residentMebibytes(pid: number): number {
  const kibibytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kibibytes) / 1024
}

export interface Asked {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
  readonly milliseconds: number
}

/** One request from `address`, over a connection of its own. */
export function askFrom(address: string, port: number, path: string, body?: unknown): Promise<Asked> {
  const startedMs = performance.now()
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' }
    const options = { host: '127.0.0.1', port, path, localAddress: address, agent: false, headers }
    const outgoing = request({ ...options, method: body === undefined ? 'GET' : 'POST' }, (incoming) => {
      const pieces: Buffer[] = []
      incoming.on('data', (piece: Buffer) => pieces.push(piece))
      incoming.on('error', reject)
      incoming.on('end', () =>
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          body: Buffer.concat(pieces).toString(),
          milliseconds: performance.now() - startedMs,
        }),
      )
    })
    outgoing.on('error', reject)
    outgoing.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

/** A raw connection that has sent something and reads little or nothing of what comes. */
export class Held {
  readonly socket: net.Socket
  received = ''

  constructor(address: string, port: number, head: string) {
    this.socket = net.connect({ host: '127.0.0.1', port, localAddress: address })
    this.socket.on('error', () => {})
    this.socket.write(head.replaceAll('\n', '\r\n'))
  }

  /** Takes nothing from now on. */
  deaf(): this {
    this.socket.pause()
    return this
  }

  /** Keeps the beginning of what comes. */
  listening(): this {
    this.socket.on('data', (data: Buffer) => {
      if (this.received.length < 4096) this.received += data.toString('latin1')
    })
    return this
  }

  get status(): number {
    return Number(/^HTTP\/1\.1 (\d{3})/.exec(this.received)?.[1] ?? 0)
  }

  /** Sends so many bytes, or as many as are taken before the other side closes. */
  async send(bytes: number): Promise<void> {
    const piece = Buffer.alloc(64 * 1024, 'x')
    for (let sent = 0; sent < bytes && !this.socket.destroyed; sent += piece.length) {
      const goesOn = this.socket.write(piece.subarray(0, Math.min(piece.length, bytes - sent)))
      if (!goesOn) await this.#drained()
    }
  }

  #drained(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.socket.off('drain', done).off('close', done)
        resolve()
      }
      this.socket.on('drain', done).on('close', done)
    })
  }
}

export interface Watched {
  readonly peakMebibytes: number
  /** Of `GET /health`, in milliseconds. */
  readonly health: { readonly p50: number; readonly p90: number; readonly p99: number }
}

/** Does something while the service's memory is watched and another client asks for its health again and again. */
export async function watched(
  { pid, port }: { readonly pid: number; readonly port: number },
  work: () => Promise<void>,
): Promise<Watched> {
  const milliseconds: number[] = []
  let peakMebibytes = 0
  const over = new AbortController()
  const watching = (async () => {
    while (!over.signal.aborted) {
      peakMebibytes = Math.max(peakMebibytes, residentMebibytes(pid))
      milliseconds.push((await askFrom('127.0.0.99', port, '/health')).milliseconds)
      await pause(20)
    }
  })()
  await work().finally(() => over.abort())
  await watching
  const sorted = milliseconds.toSorted((left, right) => left - right)
  const at = (part: number): number => Math.round(sorted[Math.floor((sorted.length - 1) * part)] ?? 0)
  return { peakMebibytes, health: { p50: at(0.5), p90: at(0.9), p99: at(0.99) } }
}

export const mebibytes = (count: number): number => count * MEBIBYTE
