/** What outlives a request, over a real service, real sandboxes and its embedded database. */
import { mkdtempSync, rmSync } from 'node:fs'
import { expect, it } from 'vitest'
import { startService } from '../hostile/harness/service.js'
import { ask, execute, post } from './support/client.js'
import { withEveryService } from './support/split.js'
import { ended, follow, submit } from './support/submissions.js'
import type { ServerSentEvent, Submission } from './support/submissions.js'
import { describeWhereItCanRun } from './support/suite.js'

function output(events: readonly ServerSentEvent[]): unknown[] {
  return events.filter(({ event }) => event === 'stdout').map(({ data }) => data['data'])
}

withEveryService('submissions', {}, (service) => {
  it('run and are analyzed, and their record says so', async () => {
    const code = 'import os as o\no.system("true")\nprint("done")\n'
    const id = await submit(service(), { language: 'python', code })
    expect(await ended(service(), id)).toMatchObject({
      status: 'finished',
      result: { output: 'done\n', runTimeStatus: 'succeeded' },
    })
    await expect
      .poll(async () => (await ended(service(), id)).analysis?.findings.map(({ rule }) => rule))
      .toContain('python/os-command')
  })

  it('can be followed as they run, and from any event on', async () => {
    const code = 'import time\nfor i in range(3):\n    print(i, flush=True)\n    time.sleep(0.2)\n'
    const id = await submit(service(), { language: 'python', code })
    const events = await follow(service(), id)
    // Output that comes while an earlier event is still being written joins the next one.
    expect(output(events).join('')).toBe('0\n1\n2\n')
    expect(events.map(({ event }) => event)).toEqual(expect.arrayContaining(['stage', 'stdout', 'result']))
    const first = events.find(({ event }) => event === 'stdout')
    expect(output(await follow(service(), id, first?.id))).toEqual(output(events).slice(1))
  })

  it('are killed when they are cancelled', async () => {
    const id = await submit(service(), { language: 'python', code: 'import time; time.sleep(60)' })
    const cancelled = await ask<Submission>(service(), `/api/v1/submissions/${id}`, { method: 'DELETE' })
    expect(cancelled.body).toMatchObject({ id, status: 'cancelled' })
  })

  it('judge a compiled program by test cases, compiled once, each with a file system of its own', async () => {
    const code = `#include <fstream>
#include <iostream>
int main() {
  std::ifstream before("left");
  if (before) std::cout << "found what another test left\\n";
  std::ofstream("left") << "x";
  long long n;
  std::cin >> n;
  std::cout << n * n << "\\n";
}
`
    const tests = [
      { stdin: '3', expectedOutput: '9' },
      { stdin: '4', expectedOutput: '17' },
      { stdin: '5', expectedOutput: '25' },
    ]
    const id = await submit(service(), { language: 'cpp', code, tests, checker: 'trimmed' })
    const { result } = await ended(service(), id)
    expect(result?.tests?.map(({ verdict, stdout }) => [verdict, stdout])).toEqual([
      ['accepted', '9\n'],
      ['wrong_answer', '16\n'],
      ['accepted', '25\n'],
    ])
  })

  it.each([
    ['exact', '1.0 2\n', 'accepted'],
    ['exact', '1.0 2', 'wrong_answer'],
    ['trimmed', '1.0 2', 'accepted'],
    ['trimmed', '1.0  2', 'wrong_answer'],
    ['tokens', ' 1.0\n2 ', 'accepted'],
    ['tokens', '1 2', 'wrong_answer'],
    ['float', '1.0000000001 2', 'accepted'],
    ['float', '1.1 2', 'wrong_answer'],
  ])('compare with the checker %s: %j is %s', async (checker, expectedOutput, verdict) => {
    const body = { language: 'bash', code: 'echo "1.0 2"', tests: [{ expectedOutput }], checker }
    const { result } = await ended(service(), await submit(service(), body))
    expect(result?.tests?.map((test) => test.verdict)).toEqual([verdict])
  })

  it('stop at the first failure where that was asked for', async () => {
    const tests = [{ expectedOutput: 'b' }, { expectedOutput: 'a' }]
    const body = { language: 'bash', code: 'echo a', tests, stopOnFailure: true }
    const { result } = await ended(service(), await submit(service(), body))
    expect(result?.tests?.map(({ verdict }) => verdict)).toEqual(['wrong_answer', 'skipped'])
  })

  it('keep the record of an execution only where saveMetric asks for it', async () => {
    const jobIds: unknown[] = []
    for (const saveMetric of [true, false]) {
      const result = await execute(service(), { language: 'bash', code: 'echo kept', saveMetric })
      jobIds.push((result as unknown as { jobId: string }).jobId)
    }
    const [kept, left] = await Promise.all(
      jobIds.map((jobId) => ask(service(), `/api/v1/executions/${String(jobId)}`)),
    )
    expect([kept?.status, left?.status]).toEqual([200, 404])
    const summary = await ask(service(), '/api/v1/metrics/summary')
    expect(summary.status).toBe(200)
  })

  it('share a program under an address of its own', async () => {
    const program = { language: 'python', code: 'print("shared")' }
    const made = await post<{ id: string }>(service(), '/api/v1/shares', program)
    expect(made.status).toBe(201)
    const opened = await ask(service(), `/api/v1/shares/${made.body.id}`)
    expect(opened.body).toMatchObject({
      language: 'python',
      files: [{ filename: 'main.py', code: 'print("shared")' }],
    })
  })

  it('tell what code is about to do, without running it', async () => {
    const code = 'const { exec } = require("node:child_process")\nexec("ls")\n'
    const answer = await post<{ findings: object[] }>(service(), '/api/v1/analyze', {
      language: 'javascript',
      code,
    })
    expect(answer.status).toBe(200)
    expect(answer.body.findings[0]).toMatchObject({ category: 'system-command', line: 2 })
  })

  it('add an analysis to an execution that asks for it and takes longer', async () => {
    const code = 'import time\neval("1")\ntime.sleep(3)\n'
    const answer = await post<Submission>(service(), '/api/v1/execute', {
      language: 'python',
      code,
      analyze: true,
    })
    expect(answer.body.analysis?.findings.map(({ rule }) => rule)).toContain('python/eval')
  })
})

describeWhereItCanRun('a service that was killed', () => {
  it('runs what it had accepted when it starts again', async () => {
    const folder = mkdtempSync('/tmp/e2e-database-')
    const environment = { CODEEXEC_DATABASE_DIR: folder, CODEEXEC_SLOTS: '1' }
    const before = await startService(environment)
    const codes = ['import time; time.sleep(1); print("ran")', 'print("waited")']
    const ids = await Promise.all(codes.map((code) => submit(before, { language: 'python', code })))
    process.kill(before.pid, 'SIGKILL')
    await before.stop()
    const after = await startService(environment)
    try {
      const records = await Promise.all(ids.map((id) => ended(after, id)))
      expect(records.map(({ status, result }) => [status, result?.output])).toEqual([
        ['finished', 'ran\n'],
        ['finished', 'waited\n'],
      ])
    } finally {
      await after.stop()
      rmSync(folder, { recursive: true })
    }
  })
})
