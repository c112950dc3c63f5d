/** Holds src/ and web/ against the table of who may import whom; says for each breach what to do instead. */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

import { importProblems, webImportProblems } from './lib/import-rules.mjs'
import { ROOT } from './lib/paths.mjs'

/** Sources of a folder by path, in the order of the alphabet; `prefix` goes before each path. */
function sourcesIn(folder, prefix = '') {
  const paths = readdirSync(join(ROOT, folder), { recursive: true }).filter((path) => /\.tsx?$/.test(path))
  return new Map(
    paths
      .toSorted((left, right) => left.localeCompare(right))
      .map((path) => [prefix + path, readFileSync(join(ROOT, folder, path), 'utf8')]),
  )
}

const service = sourcesIn('src')
const page = sourcesIn('web/src', 'web/src/')

const problems = [...importProblems(service), ...webImportProblems(page)]
problems.forEach((problem) => process.stderr.write(`${problem}\n`))
process.stdout.write(`${service.size + page.size} files, ${problems.length} import problems\n`)
process.exitCode = problems.length === 0 ? 0 : 1
