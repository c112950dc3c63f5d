import type { Socket } from 'node:net'
import type { FastifyRequest } from 'fastify'

type Answered = Pick<FastifyRequest, 'raw' | 'response'>

/** What is held for requests in progress, by connection: one listener serves them all, however many are pipelined. */
const held = new WeakMap<Socket, Set<() => void>>()

/**
 * Calls `release` once: when the answer has left or its connection is gone. The connection is watched too, because a
 * pipelined answer that never had its turn does not tell of its end.
 */
export function untilAnswered({ raw: { socket }, response }: Answered, release: () => void): void {
  const releases = held.get(socket) ?? watch(socket)
  const once = (): void => {
    if (releases.delete(once)) release()
  }
  releases.add(once)
  response?.once('finish', once).once('close', once)
  if (socket.destroyed) once()
}

function watch(socket: Socket): Set<() => void> {
  const releases = new Set<() => void>()
  held.set(socket, releases)
  socket.once('close', () => {
    for (const release of releases) release()
  })
  return releases
}
