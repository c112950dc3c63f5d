/** Submits programs, waits for their ends and follows them, as clients do. */
import { expect } from 'vitest'
import type { Service } from '../../hostile/harness/service.js'
import { ask, post } from './client.js'

export interface Submission {
  readonly id: string
  readonly status: string
  readonly result: {
    readonly output: string
    readonly runTimeStatus: string
    readonly tests?: readonly { readonly verdict: string; readonly stdout: string }[]
  } | null
  readonly analysis: { readonly findings: readonly { readonly rule: string }[] } | null
}

export async function submit(service: Service, body: object): Promise<string> {
  const answer = await post<Submission>(service, '/api/v1/submissions', body)
  expect(answer.status).toBe(202)
  expect(answer.body).toMatchObject({ status: 'queued' })
  expect(answer.headers.get('location')).toContain(answer.body.id)
  return answer.body.id
}

export async function ended(service: Service, id: string): Promise<Submission> {
  return (await ask<Submission>(service, `/api/v1/submissions/${id}?wait=60`)).body
}

export interface ServerSentEvent {
  readonly id: string
  readonly event: string
  readonly data: Record<string, unknown>
}

export async function follow(service: Service, id: string, lastEventId?: string): Promise<ServerSentEvent[]> {
  const headers = lastEventId === undefined ? {} : { 'last-event-id': lastEventId }
  const { body } = await ask<string>(service, `/api/v1/submissions/${id}/events`, { headers })
  return body
    .split('\n\n')
    .map((block) => Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2))))
    .filter(({ event }) => event !== undefined)
    .map(({ id: eventId, event, data }) => ({ id: eventId, event, data: JSON.parse(data) }))
}
