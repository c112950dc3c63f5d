/**
 * Every connection, of HTTP and of WebSockets: how many there may be, and the end of those whose client takes nothing of
 * what was sent to it.
 */
import type { Socket } from 'node:net'
import type { Config } from '../../config/variables.js'
import { clientSite } from '../client-key.js'
import type { App } from '../dependencies.js'
import { refuseConnection } from '../plugins/connection-errors.js'
import { Budget } from './budget.js'
import { inNetworks } from './trusted-networks.js'

/** A client that takes nothing for as long is gone, or wants the service to hold what it does not read. */
const STALLED_MS = 30_000
const LOOK_MS = 5000

interface Connection {
  /** Bytes the client's side has taken, when they were last seen to grow. */
  taken: number
  grewAtMs: number
}

export class Connections {
  readonly budget: Budget
  /** Answered already; a request that arrives on one of them is not served. */
  readonly #refused = new WeakSet<Socket>()
  readonly #open = new Map<Socket, Connection>()
  readonly #isProxy: (address: string) => boolean
  readonly #onStalled: () => void

  constructor({ connections, trustedProxies }: Config['http'], onStalled: () => void) {
    const { max, maxPerClient } = connections
    this.budget = new Budget({ what: 'connections', max, maxPerClient })
    this.#isProxy = inNetworks(trustedProxies)
    this.#onStalled = onStalled
  }

  /** Before the other hooks. */
  watch(app: App): void {
    const { server } = app
    app.addHook('onRequest', (request, reply, done) => {
      request.response = reply.raw
      if (!this.#refused.has(request.raw.socket)) return done()
      // Nothing goes on after this, not even the hooks.
      reply.hijack()
    })
    server.on('connection', (socket: Socket) => this.#admit(socket))
    const timer = setInterval(() => this.#closeStalled(), LOOK_MS).unref()
    server.once('close', () => clearInterval(timer))
  }

  #admit(socket: Socket): void {
    // One that offered HTTP/2 and is served without comes a second time.
    if (this.#open.has(socket)) return
    const address = socket.remoteAddress ?? ''
    // All clients of a proxy come from its address; how many each has there is the proxy's to bound.
    const client = this.#isProxy(address) ? PROXIES : clientSite(address)
    const refusal = this.budget.take(client, 1, client === PROXIES)
    if (refusal !== undefined) {
      this.#refused.add(socket)
      refuseConnection(socket, refusal)
      return
    }
    this.#open.set(socket, { taken: 0, grewAtMs: performance.now() })
    socket.once('close', () => {
      this.#open.delete(socket)
      this.budget.give(client, 1)
    })
  }

  #closeStalled(): void {
    const now = performance.now()
    for (const [socket, connection] of this.#open) {
      const taken = socket.bytesWritten - socket.writableLength
      if (socket.writableLength === 0 || taken !== connection.taken) {
        connection.taken = taken
        connection.grewAtMs = now
      } else if (now - connection.grewAtMs > STALLED_MS) {
        this.#onStalled()
        socket.destroy()
      }
    }
  }
}

const PROXIES = 'trusted proxies'
