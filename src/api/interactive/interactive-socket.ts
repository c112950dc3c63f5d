import { WebSocket } from 'ws'

/**
 * A WebSocket that tells when closing begins, by whichever side. The usual `close` event comes only when both sides
 * have finished with the connection, and the library closes it after a faulty frame without a word.
 */
export class InteractiveSocket extends WebSocket {
  /** Called once, while messages can still be sent. */
  beforeClose: ((code: number) => void) | undefined

  override close(code?: number, reason?: string | Buffer): void {
    const tell = this.beforeClose
    this.beforeClose = undefined
    tell?.(code ?? 1005)
    super.close(code, reason)
  }
}
