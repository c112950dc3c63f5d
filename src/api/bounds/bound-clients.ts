import type { Config } from '../../config/variables.js'
import type { App } from '../dependencies.js'
import { boundAnswers } from './answers.js'
import type { Bounds } from './bounds.js'
import { Budget } from './budget.js'
import { Connections } from './connections.js'
import { limitReads } from './read-rate.js'
import { Reads } from './reads.js'

/** Before the other hooks of the app. */
export function boundClients(app: App, { http, interactive }: Config): Bounds {
  const { bodies, answers, followers } = http
  const answerBudget = new Budget({
    what: 'characters of unread answers',
    max: answers.maxBytes,
    maxPerClient: answers.maxBytesPerClient,
  })
  app.decorateRequest('response', undefined)
  let stalled = 0
  const connections = new Connections(http, () => stalled++)
  connections.watch(app)
  boundAnswers(app, answerBudget)
  const budgets = {
    connections: connections.budget,
    bodies: new Budget({
      what: 'bytes of bodies',
      max: bodies.maxBytes,
      maxPerClient: bodies.maxBytesPerClient,
    }),
    answers: answerBudget,
    followers: new Budget({ what: 'followers', ...followers }),
    sockets: new Budget({
      what: 'interactive connections',
      max: interactive.maxSockets,
      maxPerClient: interactive.maxSocketsPerClient,
    }),
  }
  return {
    ...budgets,
    reads: new Reads(answerBudget),
    limitReads: limitReads(http.readRateLimit),
    figures: () => ({
      bounds: Object.fromEntries(Object.entries(budgets).map(([name, budget]) => [name, budget.figures()])),
      stalled,
    }),
  }
}
