/** Attacks that need more than one request, or somebody outside: each returns everything that went wrong. */
import { randomBytes } from 'node:crypto'
import { request } from 'node:http'
import { connect } from 'node:net'
import { mebibytes } from '../case.js'
import { parseResult } from './judge.js'
import { programText } from './requests.js'
import { freePort } from './service.js'
import type { Suite } from './suite.js'

const V1 = '/api/v1/execute'
const V2 = '/api/v2/execute'

/** One program leaves a word wherever it can, others look for it: beside it, and in every slot after it. */
export async function othersMarkers(suite: Suite): Promise<string[]> {
  const marker = `MARK-${randomBytes(12).toString('hex')}`
  const plant = { language: 'python', code: programText('python/marker-plant.py'), args: [marker, '2'] }
  const seek = { language: 'python', code: programText('python/marker-seek.py') }
  const problems: string[] = []

  const check = async (when: string): Promise<void> => {
    const { answer, leaks } = await suite.execute(V1, seek)
    const result = parseResult(answer)
    problems.push(...leaks)
    if (result?.output.endsWith('sought\n') !== true)
      problems.push(`${when}: did not seek: ${answer.body.slice(0, 300)}`)
    if (
      /^FOUND/m.test(answer.body) ||
      (result !== undefined && /^FOUND/m.test(result.output)) ||
      answer.body.includes(marker)
    ) {
      problems.push(`${when}: ${result?.output}`)
    }
  }

  const planted = suite.execute(V1, plant)
  // The first seeker starts with the planter; the next ones while it waits; the last when it is gone.
  for (let round = 0; round < 4; round++) await check(`beside it, round ${round}`)
  const { answer } = await planted
  if (parseResult(answer)?.output !== 'planted\nwaited\n')
    problems.push(`did not plant: ${answer.body.slice(0, 300)}`)
  for (let round = 0; round < 4; round++)
    await Promise.all([check(`after it, round ${round}`), check(`after it, round ${round}`)])
  return problems
}

/** What the kernel has counted for one execution's network must not be there for the next one to read. */
export async function othersCounters(suite: Suite): Promise<string[]> {
  const leave = { language: 'python', code: programText('python/counters-leave.py') }
  const find = { language: 'python', code: programText('python/counters-find.py') }
  const problems: string[] = []
  for (let round = 0; round < 2; round++) {
    await Promise.all([suite.execute(V1, leave), suite.execute(V1, leave)])
    for (const { answer, leaks } of await Promise.all([suite.execute(V1, find), suite.execute(V1, find)])) {
      const output = parseResult(answer)?.output
      problems.push(...leaks)
      if (output !== 'sought\n') problems.push(`round ${round}: ${output ?? answer.body.slice(0, 300)}`)
    }
  }
  return problems
}

/**
 * Beyond its limit: leftovers below which a slot is clean (4 MiB, and 1 for each of its four fork servers), in steps of
 * 1 MiB, and 2 that a fork of Python's shares with its server, which the figure has and the limit does not.
 */
const LEFTOVERS_BYTES = mebibytes(12)

/** Memory that the kernel still holds for an ended program must neither count for the next one nor widen its limit. */
export async function memoryOfOthers(suite: Suite): Promise<string[]> {
  const hoarders = ['c/mem-sysv-shm.c', 'c/kernel-objects.c', 'c/mem-tmpfs.c', 'c/mem-memfd.c']
  const problems: string[] = []
  for (const program of [...hoarders, ...hoarders]) {
    const hoard = { language: 'c', code: programText(program), limits: { memoryBytes: mebibytes(256) } }
    await Promise.all([suite.execute(V1, hoard), suite.execute(V1, hoard)])
    const spend = {
      language: 'python',
      code: 'block = b"x" * (150 << 20)\nprint("LEAK", len(block))',
      limits: { memoryBytes: mebibytes(64) },
    }
    for (const { answer, leaks } of await Promise.all([suite.execute(V1, spend), suite.execute(V1, spend)])) {
      const result = parseResult(answer)
      problems.push(...leaks)
      if (result?.runTimeStatus !== 'memory_limit_exceeded') {
        problems.push(
          `after ${program}: 150 MiB of 64 MiB: ${result?.runTimeStatus ?? answer.status} ${result?.output}`,
        )
      } else if (result.usage.memoryBytes > mebibytes(64) + LEFTOVERS_BYTES) {
        problems.push(
          `after ${program}: 64 MiB counted as ${Math.round(result.usage.memoryBytes / 2 ** 20)} MiB`,
        )
      }
    }
  }
  return problems
}

/** A program listens on every address; the host tries to connect to it all the while. */
export async function visitorsFromOutside(suite: Suite): Promise<string[]> {
  const port = await freePort()
  const listening = suite.execute(V1, {
    language: 'typescript',
    code: programText('typescript/net-server.ts'),
    args: [String(port), '1500'],
  })
  const end = new AbortController()
  const visit = async (): Promise<string[]> => {
    const reached: string[] = []
    while (!end.signal.aborted) {
      for (const address of ['127.0.0.1', '::1', ...suite.host.addresses]) {
        if (await canConnect(address, port)) reached.push(`connected to ${address}`)
      }
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    return [...new Set(reached)]
  }
  const visiting = visit()
  const { answer, leaks } = await listening
  end.abort()
  const problems = [...leaks, ...(await visiting)]
  if (parseResult(answer)?.output !== 'listening\n') problems.push(`answered ${answer.body.slice(0, 300)}`)
  return problems
}

function canConnect(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 500 })
    const end = (connected: boolean): void => {
      socket.destroy()
      resolve(connected)
    }
    socket.on('connect', () => end(true))
    socket.on('timeout', () => end(false))
    socket.on('error', () => end(false))
  })
}

/** A harmless execution compiles the processor; the attack sends its class file where the compiler may look for it. */
export async function annotationProcessor(suite: Suite): Promise<string[]> {
  const maker = await suite.execute(V1, {
    language: 'java',
    code: programText('java/ProcessorMaker.java'),
    limits: { wallTimeMs: 20_000, cpuTimeMs: 20_000 },
  })
  const compiled = parseResult(maker.answer)
  if (compiled?.runTimeStatus !== 'succeeded')
    return [`could not make the processor: ${maker.answer.body.slice(0, 500)}`]
  const { answer, leaks } = await suite.execute(V2, {
    language: 'java',
    files: [
      { filename: 'Victim.java', code: programText('java/Victim.java'), isEntryPoint: true },
      { filename: 'Intruder.class', code: compiled.output, encoding: 'base64' },
      { filename: 'META-INF/services/javax.annotation.processing.Processor', code: 'Intruder\n' },
    ],
  })
  const result = parseResult(answer)
  const problems = [...leaks]
  if (answer.body.includes('INTRUDER RAN')) problems.push('the processor ran in the compiler')
  if (result?.output !== 'compiled as usual\n') problems.push(`answered ${answer.body.slice(0, 500)}`)
  return problems
}

/** Names that would write elsewhere, or that no file can have. */
export async function refusedNames(suite: Suite): Promise<string[]> {
  const names = [
    '/etc/cron.d/hostile',
    '../hostile.sh',
    'a/../../hostile.sh',
    '..',
    '.',
    './x.sh',
    'a//b.sh',
    'a\\..\\b.sh',
    'a\nb.sh',
    'a\0b.sh',
    '\u001B[2J.sh',
    '',
    'x'.repeat(256),
    '/proc/self/exe',
    'a/',
    '\uD800.sh',
  ]
  const problems: string[] = []
  for (const filename of names) {
    const { answer, leaks } = await suite.execute(V2, {
      language: 'bash',
      files: [
        { filename: 'main.sh', code: 'echo LEAK it ran', isEntryPoint: true },
        { filename, code: 'hostile' },
      ],
    })
    problems.push(...leaks)
    if (answer.status !== 400)
      problems.push(`${JSON.stringify(filename.slice(0, 40))} was answered ${answer.status}`)
  }
  return problems
}

/** Clients that send a program that would run long, or half a request, and are gone. */
export async function clientsThatLeave(suite: Suite): Promise<string[]> {
  const body = JSON.stringify({
    language: 'bash',
    code: 'trap "" TERM; sleep 20',
    limits: { wallTimeMs: 20_000 },
  })
  const leave = (sent: string): Promise<void> =>
    new Promise((resolve) => {
      const outgoing = request({
        host: '127.0.0.1',
        port: suite.service.port,
        method: 'POST',
        path: V1,
        agent: false,
        headers: { 'content-type': 'application/json', 'content-length': body.length },
      })
      outgoing.on('error', () => undefined)
      outgoing.on('close', () => resolve())
      outgoing.write(sent)
      setTimeout(() => outgoing.destroy(), 300)
    })
  await Promise.all([leave(body), leave(body), leave(body), leave(body.slice(0, 20)), leave('')])
  // Were any of them still running, both slots would be taken for longer than this program may wait.
  const { answer, leaks } = await suite.execute(V1, { language: 'bash', code: 'echo here' })
  const problems = [...leaks]
  if (parseResult(answer)?.output !== 'here\n') problems.push(`answered ${answer.body.slice(0, 300)}`)
  return problems
}
