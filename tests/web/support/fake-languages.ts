/** What the fake service says about languages, in the shape of the contract. */
import type { LanguageAnswer } from '../../../src/contract/wire/languages.js'

const LIMITS = {
  wallTimeMs: 5000,
  cpuTimeMs: 5000,
  memoryBytes: 268_435_456,
  maxProcesses: 64,
  outputBytes: 1_048_576,
  fileSizeBytes: 67_108_864,
}

const PYTHON_SAMPLE = `from collections import Counter

TEXT = "the quick brown fox jumps over the lazy dog the end"


def most_common(text: str, count: int) -> list[tuple[str, int]]:
    """The most frequent words with how often they occur."""
    return Counter(text.split()).most_common(count)


for word, times in most_common(TEXT, 3):
    print(f"{word:<8}{'█' * times} {times}")
`
const PYTHON_OUTPUT = ['the     ███ 3', 'quick   █ 1', 'brown   █ 1']

function language(
  id: string,
  name: string,
  version: string,
  file: string,
  code: string,
  extra: Partial<LanguageAnswer> = {},
): LanguageAnswer {
  const hasCompileStage = extra.hasCompileStage ?? false
  return {
    id,
    name,
    version,
    aliases: [],
    extensions: [file.split('.').at(-1) ?? ''],
    monaco: id,
    hasCompileStage,
    limits: { compile: hasCompileStage ? LIMITS : null, run: LIMITS },
    libraries: [],
    sample: {
      title: 'Hello',
      files: [{ filename: file, code, isEntryPoint: true }],
      stdin: '',
      args: [],
      expectedOutput: `Hello from ${name}!\n`,
    },
    state: 'ready',
    installation: null,
    ...extra,
  }
}

const hello = (comment: string, name: string, line: string) =>
  `${line}\n${comment} @print Hello from ${name}!\n`

/** What the samples do that say it in no comment. */
export function sampleScripts(): Map<string, string> {
  return new Map([[PYTHON_SAMPLE, PYTHON_OUTPUT.map((line) => `@print ${line}`).join('\n')]])
}

export function fakeLanguages(): LanguageAnswer[] {
  return [
    language('bash', 'Bash', '5.2.37', 'main.sh', hello('#', 'Bash', 'echo "Hello from Bash!"'), {
      aliases: ['sh'],
      monaco: 'shell',
    }),
    language('c', 'C', '14.2.0', 'main.c', hello('//', 'C', '#include <stdio.h>'), { hasCompileStage: true }),
    language('cpp', 'C++', '14.2.0', 'main.cpp', hello('//', 'C++', '#include <iostream>'), {
      aliases: ['c++'],
      hasCompileStage: true,
    }),
    language('go', 'Go', '1.24.4', 'main.go', hello('//', 'Go', 'package main'), { hasCompileStage: true }),
    language('java', 'Java', '21.0.8', 'Main.java', hello('//', 'Java', 'class Main {}'), {
      hasCompileStage: true,
    }),
    language(
      'javascript',
      'JavaScript',
      '22.16.0',
      'main.js',
      hello('//', 'JavaScript', 'console.log("Hello")'),
      {
        aliases: ['js', 'node'],
      },
    ),
    {
      ...language('python', 'Python', '3.13.5', 'main.py', PYTHON_SAMPLE, { aliases: ['py', 'python3'] }),
      sample: {
        title: 'Most common words',
        files: [{ filename: 'main.py', code: PYTHON_SAMPLE, isEntryPoint: true }],
        stdin: '',
        args: [],
        expectedOutput: `${PYTHON_OUTPUT.join('\n')}\n`,
      },
    },
    language('ruby', 'Ruby', '3.3.8', 'main.rb', hello('#', 'Ruby', 'puts "Hello from Ruby!"'), {
      aliases: ['rb'],
    }),
    language(
      'typescript',
      'TypeScript',
      '5.8.3',
      'main.ts',
      hello('//', 'TypeScript', 'console.log("Hello")'),
      {
        aliases: ['ts'],
        hasCompileStage: true,
      },
    ),
  ]
}
