import type { Config } from '../config/variables.js'
import type { Metrics } from '../observability/metrics/metrics.js'
import type { QueueName } from '../observability/metrics/queue.js'
import type { BoundsOptions, RefusalReason } from '../queue/bounds.js'

/** What both kinds of queues are told: how much they may hold, and who counts what they do. */
export function queueOptions(
  config: Config,
  { queueWait, queueRefusal }: Pick<Metrics, 'queueWait' | 'queueRefusal'>,
  name: QueueName,
): BoundsOptions & {
  readonly onTaken: (waitedMs: number) => void
  readonly onRefused: (reason: RefusalReason) => void
} {
  const { capacity, maxBytes, clientShare } = config.queue
  const onRefused = (reason: RefusalReason): void => queueRefusal(name, reason)
  return { capacity, maxBytes, clientShare, onTaken: queueWait, onRefused }
}
