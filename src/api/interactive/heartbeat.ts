import type { WebSocket } from 'ws'

/**
 * Pings a client again and again, and reports it lost when from one ping to the next nothing was heard from it.
 *
 * @param isAlive asked before each ping: whether there are other signs of life, such as output being taken.
 */
export function keepHeartbeat(
  socket: WebSocket,
  intervalMs: number,
  { isAlive, onLost }: { readonly isAlive: () => boolean; readonly onLost: () => void },
): void {
  let heard = true
  const hear = (): void => {
    heard = true
  }
  socket.on('pong', hear).on('ping', hear).on('message', hear)
  const timer = setInterval(() => {
    // Asked in any case, so that the signs are those of one interval.
    const alive = isAlive()
    if (!heard && !alive) return onLost()
    heard = false
    socket.ping()
  }, intervalMs)
  socket.once('close', () => clearInterval(timer))
}
