/**
 * A client that costs next to nothing: client and service share the machine's CPUs, so what the client takes is
 * missing in the service's throughput. It speaks as much of HTTP/1.1 as the answers of `/execute` need: a head, a
 * `content-length`, a body.
 */
import { connect } from 'node:net'

const HEAD_END = Buffer.from('\r\n\r\n')

/** One connection, with one request on it at a time. */
class Connection {
  #socket
  #parts = []
  #bytes = 0
  /** Of the whole answer, once its head is there. */
  #expected = Infinity
  #head
  #pending

  constructor(port) {
    this.#socket = connect({ host: '127.0.0.1', port, noDelay: true })
    this.#socket.on('data', (chunk) => this.#take(chunk))
    this.#socket.on('error', (error) => this.#fail(error))
    this.#socket.on('close', () => this.#fail(new Error('the service closed the connection')))
  }

  get usable() {
    return !this.#socket.destroyed
  }

  /** Resolves with {status, body}. */
  send(text) {
    return new Promise((resolve, reject) => {
      this.#pending = { resolve, reject }
      this.#socket.write(text)
    })
  }

  close() {
    this.#pending = undefined
    this.#socket.destroy()
  }

  #take(chunk) {
    this.#parts.push(chunk)
    this.#bytes += chunk.length
    if (!this.#head) this.#readHead()
    if (this.#bytes < this.#expected) return
    const all = this.#parts.length === 1 ? this.#parts[0] : Buffer.concat(this.#parts)
    const { status, size } = this.#head
    const pending = this.#pending
    this.#parts = []
    this.#bytes = 0
    this.#expected = Infinity
    this.#head = this.#pending = undefined
    pending?.resolve({ status, body: all.subarray(size).toString() })
  }

  #readHead() {
    const all = this.#parts.length === 1 ? this.#parts[0] : Buffer.concat(this.#parts)
    const end = all.indexOf(HEAD_END)
    if (end < 0) return
    const text = all.latin1Slice(0, end)
    const length = /\r\ncontent-length: (\d+)/iu.exec(text)
    if (!length) {
      this.#fail(new Error(`an answer without a length: ${text}`))
      return
    }
    const size = end + HEAD_END.length
    this.#head = { status: Number(text.slice(9, 12)), size }
    this.#expected = size + Number(length[1])
  }

  #fail(error) {
    this.#pending?.reject(error)
    this.close()
  }
}

/** As many connections as there are requests at once, each used again. */
export class HttpClient {
  #port
  #idle = []
  #all = new Set()

  constructor(port) {
    this.#port = port
  }

  /** Resolves with {status, body} of a POST of JSON. */
  async post(path, body) {
    let connection = this.#idle.pop()
    while (connection && !connection.usable) {
      this.#all.delete(connection)
      connection = this.#idle.pop()
    }
    if (!connection) {
      connection = new Connection(this.#port)
      this.#all.add(connection)
    }
    const answer = await connection.send(
      `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1:${this.#port}\r\ncontent-type: application/json\r\n` +
        `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    )
    this.#idle.push(connection)
    return answer
  }

  close() {
    for (const connection of this.#all) connection.close()
  }
}
