/** Every check, in the order they run: the quick ones that fail for the commonest reasons first. */
import { readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'

import { CLI, ROOT } from './paths.mjs'

const MINUTE_MS = 60_000
const node = (...argv) => [process.execPath, ...argv]
const bin = (name, ...argv) => node(join('node_modules', name, 'bin', name), ...argv)

function vitest(project, timeoutMs, needsImages, ...files) {
  return {
    name: project,
    commands: [
      node(
        join('node_modules', 'vitest', 'vitest.mjs'),
        'run',
        `--project=${project}`,
        '--reporter=default',
        '--reporter=./scripts/lib/counting-reporter.mjs',
        ...files,
      ),
    ],
    counts: 'vitest',
    timeoutMs,
    needsImages,
  }
}

/** The same in a group that allows a little less CPU time than there is, and memory for everything that it starts. */
function within(suite) {
  const cpus = String(availableParallelism() - 0.1)
  const commands = suite.commands.map((command) =>
    node(join('scripts', 'parent-group.mjs'), '6144', cpus, ...command),
  )
  return { ...suite, commands }
}

/** A suite whose commands each count as one check. */
function check(name, timeoutMs, ...commands) {
  return { name, commands, counts: 'exit', timeoutMs, needsImages: false }
}

/** Documents made from code: each generator says with --check whether what is committed is what it would write. */
const generators = readdirSync(join(ROOT, 'scripts')).filter((name) => /^generate-.*\.mjs$/.test(name))

/** Building the images is a check too: what it makes is what the suites after it run in. */
export const IMAGES = check('images', 20 * MINUTE_MS, node(CLI, 'images', 'build'))

export const SUITES = [
  check(
    'typecheck',
    3 * MINUTE_MS,
    node(join('node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.json'),
  ),
  check(
    'typecheck:web',
    3 * MINUTE_MS,
    ...['web/tsconfig.json', 'web/tsconfig.build.json', 'tests/web/tsconfig.json'].map((project) =>
      node(join('node_modules', 'typescript', 'bin', 'tsc'), '-p', project),
    ),
  ),
  check('lint', 5 * MINUTE_MS, bin('oxlint', '--type-aware', '--deny-warnings')),
  check('format', 2 * MINUTE_MS, bin('oxfmt', '--check')),
  check('imports', MINUTE_MS, node(join('scripts', 'check-imports.mjs'))),
  check('generated', MINUTE_MS, ...generators.map((name) => node(join('scripts', name), '--check'))),
  check('native', 5 * MINUTE_MS, [
    'make',
    '-C',
    'native',
    '--no-print-directory',
    'all',
    'sanitized',
    'test',
  ]),
  vitest('unit', 5 * MINUTE_MS, false),
  vitest('integration', 15 * MINUTE_MS, true),
  // The driver's suite once more, with a supervisor that reports its own memory errors and undefined behaviour, and in a
  // control group with limits, as a unit or a container is.
  {
    ...within(vitest('integration', 15 * MINUTE_MS, true, join('src', 'sandbox', 'drivers', 'namespaces'))),
    name: 'sanitized',
    env: { CODEEXEC_TEST_SUPERVISOR: join(ROOT, 'native', 'build', 'sanitized', 'codeexec-supervisor') },
  },
  vitest('e2e', 30 * MINUTE_MS, true),
  vitest('chaos', 15 * MINUTE_MS, true),
  vitest('web', 10 * MINUTE_MS, true),
  vitest('hostile', 15 * MINUTE_MS, true),
  // The first build of the service's own image fetches packages; later ones take seconds.
  vitest('operations', 25 * MINUTE_MS, true),
  {
    // Starts a Docker Engine of its own; says in one visible skip where there can be none.
    name: 'docker',
    commands: [node(join('scripts', 'test-docker.mjs'))],
    counts: 'vitest',
    timeoutMs: 30 * MINUTE_MS,
    needsImages: false,
  },
  {
    name: 'cgroup-v2',
    commands: [node(join('scripts', 'test-cgroup-v2.mjs'))],
    counts: 'vitest',
    timeoutMs: 30 * MINUTE_MS,
    needsImages: true,
  },
]
