import type { FastifyRequest } from 'fastify'
import { clientSite } from '../client-key.js'

/** Who a request counts for in what is held for a moment; kept no longer than that, and never logged. */
export function clientOf({ identity, ip }: Pick<FastifyRequest, 'identity' | 'ip'>): string {
  return identity?.id ?? clientSite(ip)
}
