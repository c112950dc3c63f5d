import type { Socket } from 'node:net'

/** Requests in progress by connection: one listener serves them all, however many are pipelined. */
const inProgress = new WeakMap<Socket, Set<AbortController>>()

/**
 * Does work for as long as the client can hear of it: the signal aborts when the connection closes. The connection is
 * watched rather than the response, because a pipelined response has none until its turn comes.
 */
export async function whileConnected<T>(
  socket: Socket,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  if (socket.destroyed) controller.abort()
  const controllers = inProgress.get(socket) ?? watch(socket)
  controllers.add(controller)
  try {
    return await work(controller.signal)
  } finally {
    controllers.delete(controller)
  }
}

function watch(socket: Socket): Set<AbortController> {
  const controllers = new Set<AbortController>()
  inProgress.set(socket, controllers)
  socket.once('close', () => {
    for (const controller of controllers) controller.abort()
  })
  return controllers
}
