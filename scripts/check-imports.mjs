/** Holds src/ against the table of who may import whom; says for each breach what to do instead. */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

import { importProblems } from './lib/import-rules.mjs'
import { ROOT } from './lib/paths.mjs'

const source = join(ROOT, 'src')
const paths = readdirSync(source, { recursive: true }).filter((path) => path.endsWith('.ts'))
const files = new Map(
  paths
    .toSorted((left, right) => left.localeCompare(right))
    .map((path) => [path, readFileSync(join(source, path), 'utf8')]),
)

const problems = importProblems(files)
problems.forEach((problem) => process.stderr.write(`${problem}\n`))
process.stdout.write(`${files.size} files, ${problems.length} import problems\n`)
process.exitCode = problems.length === 0 ? 0 : 1
