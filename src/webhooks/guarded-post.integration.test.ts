/** Callbacks over TLS, with certificates of the test's own authority. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createAddressGuard } from './address-guard.js'
import { guardedPost } from './guarded-post.js'

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const canMakeCertificates = hasOpenssl()

interface Certificate {
  readonly key: string
  readonly cert: string
}

/** Makes an authority, and certificates that it signs for one host name each. */
class Authority {
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'authority-'))

  constructor() {
    this.#openssl(
      'req',
      '-x509',
      ...NEW_KEY,
      '-keyout',
      'ca.key',
      '-out',
      'ca.pem',
      '-subj',
      '/CN=test authority',
    )
  }

  get pem(): string {
    return this.#read('ca.pem')
  }

  issue(hostname: string): Certificate {
    writeFileSync(path.join(this.#folder, 'names'), `subjectAltName=DNS:${hostname}`)
    this.#openssl('req', ...NEW_KEY, '-keyout', 'host.key', '-out', 'host.csr', '-subj', `/CN=${hostname}`)
    const signer = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '1']
    this.#openssl('x509', '-req', '-in', 'host.csr', ...signer, '-extfile', 'names', '-out', 'host.pem')
    return { key: this.#read('host.key'), cert: this.#read('host.pem') }
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true })
  }

  #openssl(...argv: string[]): void {
    execFileSync('openssl', argv, { cwd: this.#folder, stdio: 'ignore' })
  }

  #read(name: string): string {
    return readFileSync(path.join(this.#folder, name), 'utf8')
  }
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

const send = (host: string, authorities: string | undefined): Promise<void> =>
  guardedPost({
    url: `https://${host}/hook`,
    headers: { 'content-type': 'application/json' },
    body: '{"a":1}',
    guard: createAddressGuard(['127.0.0.1/32']),
    resolve: () => Promise.resolve(['127.0.0.1']),
    ...(authorities !== undefined && { authorities }),
  })

describe.skipIf(!canMakeCertificates)(
  `a callback over TLS${canMakeCertificates ? '' : ', skipped: openssl is not installed'}`,
  () => {
    let authority: Authority
    let server: Server | undefined
    let received: { readonly host: string | undefined; readonly name: unknown; readonly body: string }[]

    beforeAll(() => {
      authority = new Authority()
    })
    afterAll(() => authority.remove())
    afterEach(async () => {
      await new Promise((resolve) => {
        if (server === undefined) resolve(undefined)
        else server.close(resolve)
      })
    })

    async function listen(certificate: Certificate): Promise<string> {
      received = []
      server = createServer(certificate, (request, response) => {
        let body = ''
        request.setEncoding('utf8').on('data', (text: string) => {
          body += text
        })
        request.on('end', () => {
          const { servername } = request.socket as typeof request.socket & { servername?: unknown }
          received.push({ host: request.headers.host, name: servername, body })
          response.end()
        })
      })
      await new Promise<void>((resolve) => {
        server?.listen(0, '127.0.0.1', resolve)
      })
      return `hook.test:${(server.address() as AddressInfo).port}`
    }

    it('goes to the checked address under the name of its URL, whose certificate it checks', async () => {
      const host = await listen(authority.issue('hook.test'))
      await send(host, authority.pem)
      expect(received).toEqual([{ host, name: 'hook.test', body: '{"a":1}' }])
    })

    it('is not sent to a server with the certificate of another name', async () => {
      const host = await listen(authority.issue('other.test'))
      await expect(send(host, authority.pem)).rejects.toMatchObject({
        message: 'could not be reached',
        isFinal: false,
        cause: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
      })
      expect(received).toEqual([])
    })

    it('is not sent to a server whose authority nobody knows', async () => {
      const host = await listen(authority.issue('hook.test'))
      await expect(send(host, undefined)).rejects.toMatchObject({ message: 'could not be reached' })
      expect(received).toEqual([])
    })
  },
)
