/**
 * What the test plants on the host for programs to find: files, listeners and secrets. Each holds a word made for
 * this run alone; a word that turns up in any answer, or a connection that any listener gets, is a leak.
 */
import { randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { homedir, networkInterfaces } from 'node:os'
import path from 'node:path'

/** What programs are told of the host, so that their attempts are aimed. */
export interface HostFacts {
  readonly servicePort: number
  /** A port on which the test listens, TCP on every address and UDP on 127.0.0.1. */
  readonly canaryPort: number
  /** Addresses of the host's real interfaces. */
  readonly addresses: readonly string[]
  /** The planted file in the host's /tmp, readable by everybody there. */
  readonly canaryFile: string
  readonly canaryFiles: readonly string[]
  /** A listening socket in the host's file system, and the name of one outside it. */
  readonly socketPath: string
  readonly abstractSocket: string
}

export interface Canaries {
  readonly facts: Omit<HostFacts, 'servicePort'>
  /** Planted in the service's environment. */
  readonly environment: Readonly<Record<string, string>>
  /** No answer may contain any of these. */
  readonly secrets: readonly string[]
  /** Connections and datagrams that reached a listener. */
  readonly visits: readonly string[]
  remove(): Promise<void>
}

const word = (kind: string): string => `CODEEXEC-CANARY-${kind}-${randomBytes(12).toString('hex')}`

export async function plantCanaries(dataDirectory: string): Promise<Canaries> {
  const fileWord = word('FILE')
  const environmentWord = word('ENVIRONMENT')
  const listenerWord = word('LISTENER')
  const visits: string[] = []

  const folders = ['/tmp', '/var/tmp', '/dev/shm', '/run', homedir(), dataDirectory].map((parent) =>
    plantFolder(parent, fileWord),
  )
  const canaryFiles = folders.map((folder) => path.join(folder, 'canary.txt'))
  const socketPath = path.join(folders[0] ?? '/tmp', 'canary.sock')
  const abstractSocket = `codeexec-canary-${randomBytes(6).toString('hex')}`

  const listen = async (kind: string, where: string | number): Promise<Server> => {
    const server = createServer((socket) => {
      visits.push(kind)
      socket.on('error', () => undefined)
      socket.end(`LEAK ${listenerWord}\n`)
    })
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      if (typeof where === 'number') server.listen(where, '::', resolve)
      else server.listen(where, resolve)
    })
    return server
  }
  const tcp = await listen('tcp', 0)
  const canaryPort = (tcp.address() as AddressInfo).port
  const servers = [tcp, await listen('unix', socketPath), await listen('abstract', `\0${abstractSocket}`)]
  chmodSync(socketPath, 0o777)
  const udp = createSocket('udp4', () => visits.push('udp'))
  await new Promise<void>((resolve) => udp.bind(canaryPort, '127.0.0.1', resolve))

  return {
    facts: {
      canaryPort,
      addresses: hostAddresses(),
      canaryFile: canaryFiles[0] ?? '',
      canaryFiles,
      socketPath,
      abstractSocket,
    },
    environment: { HOSTILE_SECRET: environmentWord, AWS_SECRET_ACCESS_KEY: environmentWord },
    secrets: [fileWord, environmentWord, listenerWord],
    visits,
    remove: async () => {
      for (const server of servers) await new Promise((resolve) => server.close(resolve))
      await new Promise<void>((resolve) => udp.close(resolve))
      for (const folder of folders) rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A folder and a file that everybody on the host may read, so that only the sandbox can stand in the way. */
function plantFolder(parent: string, content: string): string {
  const folder = mkdtempSync(path.join(parent, 'codeexec-canary-'))
  const file = path.join(folder, 'canary.txt')
  writeFileSync(file, `${content}\n`)
  chmodSync(folder, 0o755)
  chmodSync(file, 0o644)
  return folder
}

function hostAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter((address) => !address.internal && !address.address.startsWith('fe80'))
    .map((address) => address.address)
}
