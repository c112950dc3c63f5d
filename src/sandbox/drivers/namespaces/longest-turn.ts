/** Asks the supervisor for the longest time in which nobody else was served. */
import { EVENT, FrameWriter, PayloadReader, REQUEST } from './frames.js'
import type { Supervisor } from './supervisor.js'

/** Whoever asks is not kept waiting for as long as the supervisor may be. */
const PATIENCE_MS = 2000

/** Resolves with how long the answer has taken so far where it does not come; rejects when the supervisor is lost. */
export function longestTurnMs(supervisor: Supervisor): Promise<number> {
  return new Promise((resolve, reject) => {
    const askedMs = performance.now()
    const settle = (longestMs: number): void => {
      clearTimeout(patience)
      resolve(longestMs)
    }
    const id = supervisor.register({
      onEvent: ({ type, payload }) => {
        supervisor.forget(id)
        if (type === EVENT.turns) settle(new PayloadReader(payload).u64() / 1e6)
      },
      onLost: reject,
    })
    const patience = setTimeout(() => settle(performance.now() - askedMs), PATIENCE_MS)
    supervisor.send(new FrameWriter().finish(REQUEST.turns, id))
  })
}
