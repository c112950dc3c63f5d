/** Typed access to the service over HTTP. Every failure is a ProblemError. */
import { asObject, type Decoder } from './decode.js'
import { problemKind, ProblemError, problemOf } from './problem.js'
import {
  analyzeAnswer,
  executeAnswer,
  languageList,
  shareContent,
  shareCreated,
  submission,
  submissionAccepted,
  type AnalysisFinding,
  type ExecuteBody,
  type ExecutionResult,
  type Language,
  type ShareBody,
  type ShareCreated,
  type Shared,
  type Submission,
  type SubmissionBody,
  type WireFile,
} from './wire.js'

/** What this server offers beyond running programs; the page hides or replaces what is not there. */
export interface Capabilities {
  readonly interactive: boolean
  readonly submissions: boolean
  readonly analyze: boolean
  readonly shares: boolean
}

export interface ApiClient {
  languages(): Promise<Language[]>
  capabilities(): Promise<Capabilities>
  /** Whether the service still answers but is about to stop. */
  isStopping(): Promise<boolean>
  execute(body: ExecuteBody, signal?: AbortSignal): Promise<ExecutionResult>
  analyze(language: string, files: readonly WireFile[], signal?: AbortSignal): Promise<AnalysisFinding[]>
  submit(body: SubmissionBody, signal?: AbortSignal): Promise<string>
  submission(id: string, signal?: AbortSignal): Promise<Submission>
  cancelSubmission(id: string): Promise<void>
  createShare(body: ShareBody): Promise<ShareCreated>
  share(id: string): Promise<Shared>
}

export function createApiClient(fetchFrom: typeof fetch = (...args) => fetch(...args)): ApiClient {
  async function request(path: string, init: RequestInit = {}): Promise<unknown> {
    let response: Response
    try {
      response = await fetchFrom(path, init)
    } catch (error) {
      if (init.signal?.aborted) {
        throw error
      }
      throw new ProblemError(problemOf('offline'), { cause: error })
    }
    const body = await response.json().catch(() => null)
    if (!response.ok) {
      throw new ProblemError(problemOfAnswer(response, body))
    }
    return body
  }

  async function get<T>(path: string, decode: Decoder<T>, signal?: AbortSignal): Promise<T> {
    return decode(await request(path, signal ? { signal } : {}), path)
  }

  async function post<T>(path: string, body: unknown, decode: Decoder<T>, signal?: AbortSignal): Promise<T> {
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }
    return decode(await request(path, signal ? { ...init, signal } : init), path)
  }

  return {
    languages: () => get('/api/v1/languages', languageList),
    capabilities: async () => capabilitiesOf(await request('/openapi.json')),
    isStopping: async () => {
      const response = await fetchFrom('/health/ready')
      const body: unknown = await response.json().catch(() => null)
      return typeof body === 'object' && body !== null && 'status' in body && body.status === 'draining'
    },
    execute: async (body, signal) => (await post('/api/v2/execute', body, executeAnswer, signal)).result,
    analyze: async (language, files, signal) =>
      (await post('/api/v1/analyze', { language, files }, analyzeAnswer, signal)).findings,
    submit: async (body, signal) => (await post('/api/v1/submissions', body, submissionAccepted, signal)).id,
    submission: (id, signal) => get(`/api/v1/submissions/${encodeURIComponent(id)}`, submission, signal),
    cancelSubmission: async (id) => {
      await request(`/api/v1/submissions/${encodeURIComponent(id)}`, { method: 'DELETE' })
    },
    createShare: (body) => post('/api/v1/shares', body, shareCreated),
    share: (id) => get(`/api/v1/shares/${encodeURIComponent(id)}`, shareContent),
  }
}

function problemOfAnswer(response: Response, body: unknown) {
  const fields = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
  const code = typeof fields['code'] === 'string' ? fields['code'] : ''
  const message = typeof fields['errorMessage'] === 'string' ? fields['errorMessage'] : ''
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN)
  return problemOf(
    problemKind(code, response.status),
    message,
    Number.isFinite(retryAfter) ? retryAfter : null,
  )
}

function capabilitiesOf(document: unknown): Capabilities {
  const paths = Object.keys(asObject(asObject(document, 'openapi')['paths'], 'openapi.paths'))
  const has = (prefix: string) => paths.some((path) => path === prefix || path.startsWith(`${prefix}/`))
  return {
    interactive: has('/api/v1/interactive'),
    submissions: has('/api/v1/submissions'),
    analyze: has('/api/v1/analyze'),
    shares: has('/api/v1/shares'),
  }
}
