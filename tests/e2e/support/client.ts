/** Asks a running service as a client would. */
import type { Service } from '../../hostile/harness/service.js'

/** The parts of an execution's result that these suites look at. */
export interface Result {
  readonly output: string
  readonly stderr: string
  readonly errorMessage: string | null
  readonly runTimeStatus: string
  readonly exitCode: number | null
  readonly signal: string | null
  readonly version: string
  readonly truncated: { readonly stdout: boolean; readonly stderr: boolean }
  readonly usage: { readonly wallTimeMs: number; readonly cpuTimeMs: number; readonly memoryBytes: number }
  readonly compile: { readonly output: string; readonly exitCode: number | null } | null
}

export interface ErrorBody {
  readonly succeeded: false
  readonly errorMessage: string
  readonly code: string
}

export interface Answer<Body> {
  readonly status: number
  readonly headers: Headers
  readonly body: Body
}

export interface RequestOptions {
  readonly signal?: AbortSignal
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** Sends any request; the answer's body is parsed where it is JSON. */
export async function ask<Body = ErrorBody>(
  service: Pick<Service, 'port'>,
  address: string,
  options: RequestOptions = {},
): Promise<Answer<Body>> {
  const response = await fetch(`http://127.0.0.1:${service.port}${address}`, options)
  const isJson = response.headers.get('content-type')?.includes('json') === true
  const body = (isJson ? await response.json() : await response.text()) as Body
  return { status: response.status, headers: response.headers, body }
}

/** POSTs a JSON body. */
export function post<Body = ErrorBody>(
  service: Pick<Service, 'port'>,
  address: string,
  body: unknown,
  options: RequestOptions = {},
): Promise<Answer<Body>> {
  return ask<Body>(service, address, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    ...options,
  })
}

/** Executes a program that the service must accept, one file (v1) or several (v2). */
export async function execute(
  service: Pick<Service, 'port'>,
  request: object,
  options: RequestOptions = {},
): Promise<Result> {
  const address = 'files' in request ? '/api/v2/execute' : '/api/v1/execute'
  const answer = await post<{ succeeded: boolean; result: Result }>(service, address, request, options)
  if (answer.status !== 200 || !answer.body.succeeded) {
    throw new Error(`answered ${answer.status}: ${JSON.stringify(answer.body)}`)
  }
  return answer.body.result
}

/** One figure of the service's metrics. */
export async function metric(service: Pick<Service, 'port'>, name: string): Promise<number> {
  const { body } = await ask<string>(service, '/metrics')
  const line = body.split('\n').find((candidate) => candidate.startsWith(`${name} `))
  return Number(line?.split(' ')[1] ?? Number.NaN)
}
