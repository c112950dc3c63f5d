import type { Server } from 'node:http'
import { WebSocketServer, type WebSocket } from 'ws'

import { interactiveStart, programInput } from '../../../src/contract/wire/interactive.js'
import { scriptOf, type Scripts } from './fake-execution.js'
import { fakeResult, runFakeProgram } from './fake-programs.js'
import type { Refusal } from './fake-server.js'

/** The WebSocket endpoint; with a `tty` it echoes what is typed, as a terminal does. */
export function attachInteractive(
  server: Server,
  received: Record<string, unknown>[],
  refusal: () => Refusal | null,
  scripts: Scripts,
): { terminate(): void } {
  const sockets = new WebSocketServer({ noServer: true })
  server.on('upgrade', (request, socket, head) => {
    if (request.url !== '/api/v1/interactive') {
      socket.end('HTTP/1.1 404 Not Found\r\n\r\n')
      return
    }
    sockets.handleUpgrade(request, socket, head, (client) => serve(client, received, refusal, scripts))
  })
  return {
    terminate: () => {
      for (const client of sockets.clients) {
        client.terminate()
      }
      sockets.close()
    },
  }
}

function serve(
  client: WebSocket,
  received: Record<string, unknown>[],
  refusal: () => Refusal | null,
  scripts: Scripts,
): void {
  const kill = new AbortController()
  const typed = new LineReader()
  const send = (message: object) => client.send(JSON.stringify(message))
  let tty = false

  client.on('close', () => kill.abort('SIGKILL'))
  client.on('message', (data) => {
    const message = JSON.parse((data as Buffer).toString()) as Record<string, unknown>
    const { type } = message
    const wrong = (type === 'start' ? interactiveStart : programInput).safeParse(message).error?.issues[0]
    if (wrong) {
      const errorMessage = `Invalid input: ${wrong.path.join('.')} ${wrong.message}`
      send({ type: 'error', errorMessage, code: 'INVALID_INPUT' })
      client.close(1008)
      return
    }
    if (type === 'start') {
      received.push(message)
      tty = message['tty'] !== undefined
      void start(message)
    } else if (type === 'stdin') {
      const text = String(message['data'])
      if (tty && text === '\u0003') {
        kill.abort('SIGINT')
      } else {
        if (tty) {
          send({ type: 'stdout', data: text.replaceAll('\r', '\r\n') })
        }
        typed.push(text.replaceAll('\r', '\n'))
      }
    } else if (type === 'stdin-end') {
      typed.end()
    } else if (type === 'signal') {
      kill.abort(message['signal'])
    }
  })

  async function start(body: Record<string, unknown>): Promise<void> {
    const refused = refusal()
    if (refused) {
      const { code, message: errorMessage, retryAfterSeconds } = refused
      send({ type: 'error', errorMessage, code, retryAfterSeconds })
      client.close(1000)
      return
    }
    let [output, stderr] = ['', '']
    typed.push((body['stdin'] as string | undefined) ?? '')
    send({ type: 'queued', position: 1 })
    const end = await runFakeProgram(scriptOf(body, scripts), {
      stage: (stage) => send({ type: 'stage', stage }),
      out: (data) => {
        output += data
        send({ type: 'stdout', data })
      },
      err: (data) => {
        stderr += data
        send({ type: tty ? 'stdout' : 'stderr', data })
      },
      line: () => typed.line(kill.signal),
      args: (body['args'] as string[] | undefined) ?? [],
      tty,
      signal: kill.signal,
    })
    if (client.readyState === client.OPEN) {
      const err = end.compileOutput === stderr || tty ? '' : stderr
      send({ type: 'result', result: fakeResult(String(body['language']), end, output, err) })
      client.close(1000)
    }
  }
}

/** Lines out of what arrives in pieces. */
class LineReader {
  #text = ''
  #ended = false
  #wake: (() => void) | null = null

  push(text: string): void {
    this.#text += text
    this.#wake?.()
  }

  end(): void {
    this.#ended = true
    this.#wake?.()
  }

  async line(signal: AbortSignal): Promise<string | null> {
    for (;;) {
      const end = this.#text.indexOf('\n')
      if (end !== -1) {
        const line = this.#text.slice(0, end)
        this.#text = this.#text.slice(end + 1)
        return line
      }
      if (this.#ended) {
        const rest = this.#text
        this.#text = ''
        return rest === '' ? null : rest
      }
      await new Promise<void>((resolve, reject) => {
        this.#wake = resolve
        signal.addEventListener('abort', () => reject(signal.reason))
        if (signal.aborted) {
          reject(signal.reason)
        }
      })
    }
  }
}
