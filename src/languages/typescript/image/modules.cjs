'use strict'
/**
 * Loaded before the program: gives Node the compiled text of each TypeScript file under the file's own name, so that
 * `import.meta.url`, `__filename`, `process.argv` and stack traces are those of the source. Imports may leave the
 * extension out, name a folder with an index file, or say `.js` where the source is `.ts`.
 */
const { readFileSync, statSync } = require('node:fs')
const { registerHooks } = require('node:module')
const { fileURLToPath } = require('node:url')

const SOURCES = 'file:///box/'
/** Written by the compile stage: JavaScript of every source file, and what it found about each. */
const COMPILED = '/out/modules'
const FOUND = '/out/modules.json'

const TYPESCRIPT = /\.[mc]?ts$/
const SUFFIXES = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs', '.json', '/index.ts', '/index.js']

let found

registerHooks({
  resolve(specifier, context, nextResolve) {
    if (!isRelative(specifier) || !context.parentURL?.startsWith(SOURCES))
      return nextResolve(specifier, context)
    const url = new URL(specifier, context.parentURL).href
    const sourceUrl = findSource(url)
    return nextResolve(sourceUrl === undefined ? specifier : fileURLToPath(sourceUrl), context)
  },
  load(url, context, nextLoad) {
    if (!url.startsWith(SOURCES) || !TYPESCRIPT.test(url)) return nextLoad(url, context)
    const name = decodeURIComponent(url.slice(SOURCES.length))
    const compiled = readCompiled(name)
    if (compiled === undefined) return nextLoad(url, context)
    found ??= JSON.parse(readFileSync(FOUND, 'utf8')).inputs
    const isModule = !name.endsWith('.cts') && (name.endsWith('.mts') || found[name]?.format === 'esm')
    return { format: isModule ? 'module' : 'commonjs', source: compiled, shortCircuit: true }
  },
})

function isRelative(specifier) {
  return specifier.startsWith('./') || specifier.startsWith('../') || specifier === '.' || specifier === '..'
}

/** The file an import without its full name means, or undefined where the name is of a file itself. */
function findSource(url) {
  if (isFile(url)) return undefined
  const candidates = SUFFIXES.map((suffix) => url.replace(/\/$/, '') + suffix)
  if (/\.[mc]?js$/.test(url)) candidates.unshift(url.replace(/js$/, 'ts'))
  return candidates.find(isFile)
}

function isFile(url) {
  return statSync(new URL(url), { throwIfNoEntry: false })?.isFile() ?? false
}

/** Undefined for a file that the program itself has written; Node then does what it can. */
function readCompiled(name) {
  try {
    return readFileSync(`${COMPILED}/${name.replace(TYPESCRIPT, '.js')}`, 'utf8')
  } catch {
    return undefined
  }
}
