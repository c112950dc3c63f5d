import type { FastifyReply } from 'fastify'

import { fakeResult, runFakeProgram } from './fake-programs.js'

interface Body {
  readonly language?: string
  readonly files?: readonly {
    readonly filename: string
    readonly code: string
    readonly isEntryPoint?: boolean
  }[]
  readonly stdin?: string
  readonly args?: readonly string[]
  readonly tests?: readonly {
    readonly name?: string
    readonly stdin?: string
    readonly expectedOutput?: string
  }[]
}

/** What programs do that carry no directives of their own: by their text. */
export type Scripts = Map<string, string>

export function scriptOf(body: Body, scripts: Scripts): string {
  const files = body.files ?? []
  const code = (files.find((file) => file.isEntryPoint) ?? files[0])?.code ?? ''
  return scripts.get(code) ?? code
}

/** Executions that are not interactive: one request, or a submission that is followed. */
export class FakeBatch {
  readonly #results = new Map<string, Promise<Record<string, unknown>>>()
  readonly #aborts = new Map<string, AbortController>()
  readonly #streams = new Set<FastifyReply>()
  readonly #scripts: Scripts

  constructor(scripts: Scripts) {
    this.#scripts = scripts
  }

  async execute(body: Body, signal: AbortSignal): Promise<Record<string, unknown>> {
    const lines = (body.stdin ?? '').split('\n')
    let [output, stderr] = ['', '']
    const end = await runFakeProgram(scriptOf(body, this.#scripts), {
      stage: () => undefined,
      out: (text) => {
        output += text
      },
      // What a compiler says is in `compile`, not in the program's standard error.
      err: (text) => {
        stderr += text
      },
      line: () => Promise.resolve(lines.shift() || null),
      args: body.args ?? [],
      tty: false,
      signal,
    })
    return fakeResult(body.language ?? '', end, output, end.compileOutput === stderr ? '' : stderr)
  }

  submit(body: Body): string {
    const id = crypto.randomUUID()
    const abort = new AbortController()
    this.#aborts.set(id, abort)
    this.#results.set(id, this.#runTests(body, abort.signal))
    return id
  }

  async #runTests(body: Body, signal: AbortSignal): Promise<Record<string, unknown>> {
    const tests: Record<string, unknown>[] = []
    let result: Record<string, unknown> = {}
    for (const test of body.tests ?? []) {
      result = await this.execute({ ...body, stdin: test.stdin ?? '' }, signal)
      if (result['runTimeStatus'] === 'compile_error') {
        return result
      }
      const same = String(result['output']).trimEnd() === (test.expectedOutput ?? '').trimEnd()
      const ended = result['runTimeStatus'] === 'succeeded'
      tests.push({
        name: test.name ?? null,
        verdict: ended ? (same ? 'accepted' : 'wrong_answer') : result['runTimeStatus'],
        stdout: result['output'],
        stderr: result['stderr'],
        usage: result['usage'],
      })
    }
    return { ...result, tests }
  }

  async follow(id: string, reply: FastifyReply): Promise<void> {
    const result = this.#results.get(id)
    if (!result) {
      await reply.code(404).send({ succeeded: false, errorMessage: 'Not found.', code: 'NOT_FOUND' })
      return
    }
    reply.hijack()
    this.#streams.add(reply)
    const send = (event: string, data: unknown) =>
      reply.raw.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream' })
    send('queued', { position: 1 })
    send('stage', { stage: 'run' })
    send('result', { result: await result.catch(() => null) })
    this.#streams.delete(reply)
    reply.raw.end()
  }

  cancel(id: string): void {
    this.#aborts.get(id)?.abort('SIGKILL')
  }

  stop(): void {
    for (const reply of this.#streams) {
      reply.raw.destroy()
    }
    for (const abort of this.#aborts.values()) {
      abort.abort('SIGKILL')
    }
  }
}
