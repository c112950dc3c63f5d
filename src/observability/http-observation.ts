/** One answered request, as metrics and logs see it. */
export interface HttpObservation {
  readonly method: string
  /** Pattern of the route (`/api/v1/submissions/:id`), never the address asked for; `unmatched` where none fits. */
  readonly route: string
  readonly statusCode: number
  readonly durationMs: number
  /** The code of the error it was answered with; empty for none. */
  readonly errorCode: string
}

export type HttpObserver = (observation: HttpObservation) => void
