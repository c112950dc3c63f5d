/** The compile cache of a running service: what clients and operators see of it, and its switch. */
import { expect, it } from 'vitest'
import type { Service } from '../hostile/harness/service.js'
import { ask, execute } from './support/client.js'
import { withService } from './support/suite.js'

const NOTHING_USED = { wallTimeMs: 0, cpuTimeMs: 0, memoryBytes: 0 }
const PROGRAMS = [
  {
    language: 'c',
    code: '#include <stdio.h>\nint main(void) { int unused; char line[9]; puts(fgets(line, 9, stdin)); }\n',
  },
  {
    language: 'java',
    code: 'public class Main { public static void main(String[] a) throws Exception { System.out.println((char) System.in.read()); } }\n',
  },
] as const

async function figure(service: Service, line: string): Promise<number> {
  const { body } = await ask<string>(service, '/metrics')
  const value = body.split('\n').find((candidate) => candidate.startsWith(`${line} `))
  return Number(value?.slice(line.length) ?? 0)
}

const requests = (language: string, result: string): string =>
  `codeexec_compile_cache_requests_total{language="${language}",result="${result}"}`

withService('the compile cache', {}, (service) => {
  it.each(PROGRAMS)('compiles once for other input, and says so: $language', async (program) => {
    const first = await execute(service(), { ...program, stdin: '1' })
    const second = await execute(service(), { ...program, stdin: '2' })
    expect(first.output.trim()).toBe('1')
    expect(second.output.trim()).toBe('2')
    expect(first.compile).toMatchObject({ exitCode: 0 })
    expect(first.compile).not.toMatchObject({ usage: NOTHING_USED })
    expect(second.compile).toEqual({ ...first.compile, usage: NOTHING_USED })
    expect(await figure(service(), requests(program.language, 'hit'))).toBe(1)
    expect(await figure(service(), requests(program.language, 'miss'))).toBe(1)
    const stored = `codeexec_compile_cache_changes_total{language="${program.language}",change="stored"}`
    expect(await figure(service(), stored)).toBe(1)
    const bytes = `codeexec_compile_cache_bytes{language="${program.language}"}`
    expect(await figure(service(), bytes)).toBeGreaterThan(0)
    const compiled = `codeexec_stage_cpu_time_seconds_count{language="${program.language}",stage="compile"}`
    expect(await figure(service(), compiled)).toBe(1)
  })

  it('does not take another limit for the same', async () => {
    const { language, code } = PROGRAMS[0]
    const other = code.replace('unused', 'other')
    await execute(service(), { language, code: other, stdin: '1' })
    const result = await execute(service(), {
      language,
      code: other,
      stdin: '2',
      limits: { fileSizeBytes: 134_217_728 },
    })
    expect(result.compile).not.toMatchObject({ usage: NOTHING_USED })
  })
})

withService('the compile cache, switched off', { CODEEXEC_COMPILE_CACHE: 'off' }, (service) => {
  it('compiles always and has no figures', async () => {
    for (const stdin of ['1', '2']) {
      const result = await execute(service(), { ...PROGRAMS[0], stdin })
      expect(result.compile).not.toMatchObject({ usage: NOTHING_USED })
    }
    const { body } = await ask<string>(service(), '/metrics')
    expect(body).not.toContain('codeexec_compile_cache')
  })
})
