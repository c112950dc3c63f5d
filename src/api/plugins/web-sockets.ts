/** WebSocket connections for the routes that have a `wsHandler`. */
import { EventEmitter } from 'node:events'
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import websocket from '@fastify/websocket'
import { ServiceError } from '../../contract/errors.js'
import type { App } from '../dependencies.js'
import { InteractiveSocket } from '../interactive/interactive-socket.js'

/** For clients to say goodbye when the service stops. */
const GOODBYE_PATIENCE_MS = 1000

/**
 * The first hooks, for they close the connection after whatever any other hook answers. `maxPayloadBytes` bounds every
 * message of every route.
 */
export async function acceptWebSockets(app: App, maxPayloadBytes: number): Promise<void> {
  // Listening for upgrades means getting all of them, but many HTTP clients only offer HTTP/2 by that header.
  const upgrades = new EventEmitter()
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') {
      serveWithoutUpgrade(app.server, request, socket, head)
    } else if (!upgrades.emit('upgrade', request, socket, head)) socket.destroy()
  })
  await app.register(websocket, {
    options: {
      server: upgrades as unknown as Server,
      maxPayload: maxPayloadBytes,
      perMessageDeflate: false,
      // The plugin's type asks for the whole module where the library takes a class.
      WebSocket: InteractiveSocket as never,
    },
    // The socket closes itself; the session hears of it.
    errorHandler: (error, _socket, request) => request.log.debug({ err: error }, 'a WebSocket failed'),
    preClose: (done) => {
      const { clients } = app.websocketServer
      for (const client of clients) client.close(1012)
      setTimeout(() => clients.forEach((client) => client.terminate()), GOODBYE_PATIENCE_MS).unref()
      done()
    },
  })
}

/**
 * Before the routes. Without it the handshake is done at any address, and the connection closed after it without a word.
 */
export function refuseWebSocketsElsewhere(app: App): void {
  const addresses = new Set<string>()
  app.addHook('onRoute', ({ url, wsHandler }) => {
    if (wsHandler !== undefined) addresses.add(url)
  })
  app.addHook('onRequest', (request, _reply, done) => {
    const { url } = request.routeOptions
    const isElsewhere = request.ws && url !== undefined && !addresses.has(url)
    done(isElsewhere ? new ServiceError('NOT_FOUND', 'Nothing at this address is a WebSocket') : undefined)
  })
}

const UPGRADE_HEADERS: ReadonlySet<string> = new Set(['upgrade', 'http2-settings'])

/** Hands a connection back to the server with its request as it was, but for the offer of another protocol. */
function serveWithoutUpgrade(server: Server, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`]
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    const name = request.rawHeaders[index] ?? ''
    const value = request.rawHeaders[index + 1] ?? ''
    if (UPGRADE_HEADERS.has(name.toLowerCase())) continue
    lines.push(`${name}: ${name.toLowerCase() === 'connection' ? withoutUpgrade(value) : value}`)
  }
  socket.unshift(head)
  socket.unshift(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'))
  server.emit('connection', socket)
}

function withoutUpgrade(connection: string): string {
  const rest = connection
    .split(',')
    .map((token) => token.trim())
    .filter((token) => !UPGRADE_HEADERS.has(token.toLowerCase()))
  return rest.length === 0 ? 'keep-alive' : rest.join(', ')
}
