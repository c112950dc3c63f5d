/**
 * Who may import whom, as a table, and the code that holds a source tree against it.
 * Type imports count: a folder that names another's types depends on it all the same.
 */

/** Folder of src/ → what it may import besides itself. An entry with a slash allows that one file. */
const ALLOWED = {
  contract: [],
  machine: [],
  config: ['contract', 'machine'],
  confinement: [],
  languages: ['contract'],
  images: ['contract', 'languages'],
  analysis: ['contract', 'languages', 'confinement', 'queue/fair-line.ts'],
  queue: ['contract'],
  store: ['contract'],
  sandbox: ['contract', 'images/image-store.ts'],
  execution: ['contract', 'languages', 'sandbox', 'images/image-store.ts'],
  ahead: ['contract', 'languages', 'sandbox', 'execution'],
  worker: ['contract', 'queue', 'store', 'execution'],
  submissions: ['contract', 'queue', 'store'],
  webhooks: ['contract', 'store', 'submissions', 'queue/fair-line.ts'],
  api: [
    'contract',
    'config',
    'queue',
    'store',
    'submissions',
    'languages',
    'analysis',
    'observability',
    'images/image-store.ts',
  ],
  observability: ['contract', 'config', 'machine'],
  main: ['*'],
}

/** What to do instead, for the mistakes that tempt most. */
const INSTEAD = {
  api: 'take what you need as an argument of buildApp and let main hand it in, or go through the queue',
  contract: 'move the shared type into contract, or this code out of it',
  worker: 'emit an event and let main attach an observer, or take a function as an argument',
  execution: 'take it as an argument; main puts the parts together',
  sandbox: 'a driver knows commands and limits only; decide above it, in execution',
}
const INSTEAD_DEFAULT = 'move what both need into contract, or take it as an argument and let main hand it in'

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s[^'"`;]*?from\s*['"](\.[^'"]+)['"]|(?:^|\n)\s*import\s*['"](\.[^'"]+)['"]|\bimport\(\s*['"](\.[^'"]+)['"]\s*\)/g

/** Blanks out comments, so that an example in one is not taken for an import. */
function withoutComments(source) {
  return source.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '$1')
}

/** Relative imports of a file as paths relative to where `path` is, with the suffix of the source. */
export function importsOf(path, source) {
  return [...withoutComments(source).matchAll(IMPORT)].map((match) => {
    const specifier = match[1] ?? match[2] ?? match[3]
    const parts = path.split('/').slice(0, -1)
    for (const part of specifier.split('/')) {
      if (part === '..') parts.pop()
      else if (part !== '.') parts.push(part)
    }
    return parts.join('/').replace(/\.js$/, '.ts')
  })
}

const isTest = (path) =>
  path.endsWith('.test.ts') || path.endsWith('/conformance.ts') || path.endsWith('test-support.ts')

function directionProblems(files) {
  const problems = []
  for (const [path, source] of files) {
    const folder = path.split('/')[0]
    const allowed = ALLOWED[folder]
    if (!allowed) {
      problems.push(
        `src/${path}: the folder ${folder} is in no row of scripts/lib/import-rules.mjs; add it to the table`,
      )
      continue
    }
    if (isTest(path) || allowed.includes('*')) continue
    for (const target of importsOf(path, source)) {
      const targetFolder = target.split('/')[0]
      if (targetFolder === folder || allowed.includes(targetFolder) || allowed.includes(target)) continue
      problems.push(`src/${path}: ${folder} may not import ${target}; ${INSTEAD[folder] ?? INSTEAD_DEFAULT}`)
    }
  }
  return problems
}

function cycleProblems(files) {
  const problems = []
  const state = new Map()
  const visit = (path, trail) => {
    if (state.get(path) === 'done' || !files.has(path)) return
    if (state.get(path) === 'open') {
      const cycle = [...trail.slice(trail.indexOf(path)), path].map((file) => `src/${file}`)
      problems.push(`${cycle.join(' → ')}: a cycle; move what they share into a file that both import`)
      return
    }
    state.set(path, 'open')
    importsOf(path, files.get(path)).forEach((target) => visit(target, [...trail, path]))
    state.set(path, 'done')
  }
  for (const path of files.keys()) visit(path, [])
  return problems
}

/** Every import that breaks the table and every cycle; `files` maps paths relative to src/ to their source. */
export function importProblems(files) {
  return [...directionProblems(files), ...cycleProblems(files)]
}

/**
 * The page runs in a browser and speaks the wire contract: of src/ it may import that alone. `files` maps paths
 * relative to the project to their source.
 */
export function webImportProblems(files) {
  return [...files].flatMap(([path, source]) =>
    importsOf(path, source)
      .filter((target) => !target.startsWith('web/') && !target.startsWith('src/contract/'))
      .map(
        (target) =>
          `${path}: web may not import ${target}; ask the service for it over the API, or move the shared type into contract`,
      ),
  )
}
