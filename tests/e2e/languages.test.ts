/** Every language does what its own folder says, and is what the service says it is. */
import { expect, it } from 'vitest'
import type { LanguageAnswer } from '../../src/contract/wire/languages.js'
import { loadLanguages } from '../../src/languages/registry.js'
import { ask, execute } from './support/client.js'
import { withService } from './support/suite.js'

const registry = await loadLanguages()

/** Programs that print the version of what runs or compiled them. */
const VERSION_PROGRAMS: Readonly<Record<string, string>> = {
  bash: 'echo "$BASH_VERSION"',
  c: '#include <stdio.h>\nint main(void) { puts(__VERSION__); return 0; }',
  cpp: '#include <iostream>\nint main() { std::cout << __VERSION__ << "\\n"; }',
  go: 'package main\nimport ("fmt"; "runtime")\nfunc main() { fmt.Println(runtime.Version()) }',
  java: 'class Main { public static void main(String[] a) { System.out.println(System.getProperty("java.version")); } }',
  javascript: 'console.log(process.versions.node)',
  python: 'import platform; print(platform.python_version())',
  ruby: 'puts RUBY_VERSION',
}

withService('languages', {}, (service) => {
  const listed = async (): Promise<readonly LanguageAnswer[]> =>
    (await ask<readonly LanguageAnswer[]>(service(), '/api/v1/languages')).body

  it('are all there and ready', async () => {
    const states = (await listed()).map(({ id, state }) => [id, state])
    expect(states).toEqual(registry.all.map(({ id }) => [id, 'ready']))
    expect(registry.all.length).toBeGreaterThanOrEqual(9)
  })

  it.each(Object.keys(VERSION_PROGRAMS))('%s runs in the version that is listed', async (id) => {
    const { version } = (await listed()).find((language) => language.id === id) ?? {}
    const result = await execute(service(), { language: id, code: VERSION_PROGRAMS[id] })
    expect(version).toMatch(/^\d+\.\d+/)
    expect(result.output).toContain(version)
    expect(result.version).toBe(version)
  })

  it.each([
    ['c', 'c', '#include <stdio.h>', 'printf("%d %d %d\\n", (int)strlen("abc"), MINE, LIB);'],
    ['cpp', 'cpp', '#include <cstdio>', 'std::printf("%d %d %d\\n", (int)strlen("abc"), MINE, LIB);'],
  ])(
    '%s finds the headers of the system, whatever files of the request are called',
    async (id, suffix, include, print) => {
      const code = `${include}\n#include <string.h>\n#include "string.h"\n#include <lib.h>\nint main(void) { ${print} }`
      for (const folder of ['', 'src/']) {
        const files = [
          { filename: `${folder}main.${suffix}`, code, isEntryPoint: true },
          { filename: `${folder}string.h`, code: '#define MINE 7\n' },
          { filename: 'lib.h', code: '#define LIB 3\n' },
        ]
        const { output } = await execute(service(), { language: id, files })
        expect({ folder, output }).toEqual({ folder, output: '3 7 3\n' })
      }
    },
  )

  const samples = registry.all.flatMap(({ id, samples: all }) => all.map((sample) => [id, sample] as const))

  it.each(samples.map(([id, sample]) => [id, sample.title, sample] as const))(
    '%s: %s',
    async (id, _, sample) => {
      const files = Object.entries(sample.files).map(([filename, code], index) => ({
        filename,
        code,
        isEntryPoint: index === 0,
      }))
      const { stdin, args } = sample
      const result = await execute(service(), { language: id, files, stdin, args })
      expect(result).toMatchObject({ output: sample.expectedOutput, runTimeStatus: 'succeeded', exitCode: 0 })
    },
  )

  it.each(registry.all.map((language) => [language.id, language] as const))(
    '%s runs a single file over v1, by any of its names',
    async (_, { id, name, aliases, samples: all }) => {
      const sample = all.find(({ files }) => Object.keys(files).length === 1)
      if (sample === undefined) throw new Error(`${name} has no sample of one file`)
      const { files, stdin, args, expectedOutput } = sample
      const [code] = Object.values(files)
      for (const language of [id.toUpperCase(), ...aliases]) {
        const result = await execute(service(), { language, code, stdin, args })
        expect(result).toMatchObject({ output: expectedOutput, runTimeStatus: 'succeeded' })
      }
    },
  )
})
