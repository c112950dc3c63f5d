/** What can be wrong with language definitions, beyond what their type says. Pure, apart from asking for files. */
import { LIMIT_NAMES } from '../contract/limits.js'
import type { LanguageDefinition, NpmBinary, Sample } from './define-language.js'
import { PLACEHOLDERS } from './resolve-command.js'

/** True when the folder of that language holds that file. */
export type HasFile = (languageId: string, file: string) => boolean

const FEWEST_SAMPLES = 3
/** The shared layer's name, so no language may have it. */
const RESERVED_ID = 'base'

/** Every problem of every definition, one sentence each; empty when all is well. */
export function findProblems(definitions: readonly LanguageDefinition[], hasFile: HasFile): string[] {
  return [
    ...findClashes(definitions),
    ...definitions.flatMap((definition) =>
      [
        ...checkNames(definition),
        ...checkImage(definition, hasFile),
        ...checkCommands(definition),
        ...checkAhead(definition),
        ...checkWarm(definition),
        ...checkLimits(definition),
        ...checkSamples(definition),
      ].map((problem) => `${definition.id}: ${problem}`),
    ),
  ]
}

function findClashes(definitions: readonly LanguageDefinition[]): string[] {
  const owners = new Map<string, string[]>()
  for (const { id, aliases } of definitions) {
    for (const name of [id, ...aliases]) {
      const key = name.toLowerCase()
      owners.set(key, [...(owners.get(key) ?? []), id])
    }
  }
  return [...owners]
    .filter(([, ids]) => ids.length > 1)
    .map(([name, ids]) => `the name ${name} is taken ${ids.length} times, by ${ids.join(' and ')}`)
}

/** Images that stand on a language that is not among these. A server may offer a language without its parent. */
export function findLostParents(definitions: readonly LanguageDefinition[]): string[] {
  const parents = new Map(definitions.map(({ id, image }) => [id, image.extends]))
  return definitions.flatMap(({ id, image }) => {
    const seen = new Set([id])
    for (let parent = image.extends; parent !== undefined; parent = parents.get(parent)) {
      if (!parents.has(parent)) return [`${id}: its image extends ${parent}, which is not a language`]
      if (seen.has(parent)) return [`${id}: its image extends itself through ${parent}`]
      seen.add(parent)
    }
    return []
  })
}

function checkNames(definition: LanguageDefinition): string[] {
  const { id, name, aliases, extensions, mainFile, monaco, version } = definition
  return [
    ...problemIf(!/^[a-z][a-z0-9]*$/u.test(id), 'the id must be lower-case letters and digits'),
    ...problemIf(id === RESERVED_ID, 'the id is reserved'),
    ...problemIf(name.trim() === '', 'the name is empty'),
    ...problemIf(monaco.trim() === '', 'the editor language id is empty'),
    ...aliases
      .filter((alias) => !/^[a-z0-9][a-z0-9+#.-]*$/u.test(alias))
      .map((alias) => `the alias ${JSON.stringify(alias)} must be lower case, without spaces and @`),
    ...problemIf(extensions.length === 0, 'there are no extensions'),
    ...extensions
      .filter((extension) => !/^[a-z0-9+]+$/u.test(extension))
      .map((extension) => `the extension ${JSON.stringify(extension)} must be lower case, without a dot`),
    ...problemIf(
      !extensions.some((extension) => mainFile.endsWith(`.${extension}`)) || mainFile.includes('/'),
      `the main file ${mainFile} must be a plain name with one of the extensions`,
    ),
    ...problemIf(version.argv.length === 0, 'version.argv is empty'),
    ...problemIf(!version.pattern.source.includes('('), 'version.pattern has no capture group'),
  ]
}

function checkImage({ id, image }: LanguageDefinition, hasFile: HasFile): string[] {
  return [
    ...image.packages
      .filter((name) => !/^[a-z0-9][a-z0-9+.-]+$/u.test(name))
      .map((name) => `${JSON.stringify(name)} is not a Debian package name`),
    ...Object.entries(image.npm ?? {}).flatMap(checkNpmBinary),
    ...Object.keys(image.files ?? {})
      .filter((target) => !/^\/(?:opt|usr\/local)\/(?!.*\.\.)./u.test(target))
      .map((target) => `${target} must be below /opt or /usr/local`),
    ...Object.values(image.files ?? {})
      .filter((source) => !hasFile(id, source))
      .map((source) => `the file ${source} is not in the language's folder`),
    ...problemIf(image.steps?.some((step) => step.length === 0) ?? false, 'an image step has no command'),
    ...(image.remove ?? [])
      .filter((path) => !/^\/[^/]+\/(?!.*\.\.)./u.test(path))
      .map((path) => `${path} may not be removed: it must be an absolute path at least two folders deep`),
    ...problemIf(!(image.buildSeconds > 0), 'image.buildSeconds must be positive'),
  ]
}

function checkNpmBinary([key, { version, packages }]: [string, NpmBinary]): string[] {
  return [
    ...problemIf(!/^[a-z0-9-]+$/u.test(key), `the npm key ${key} must be lower case, as a folder of /opt`),
    ...problemIf(!/^\d+\.\d+\.\d+$/u.test(version), `npm ${key} must have an exact version`),
    ...problemIf(Object.keys(packages).length === 0, `npm ${key} has no package`),
    ...Object.entries(packages)
      .filter(([, { integrity }]) => !/^sha512-[A-Za-z0-9+/]{86}==$/u.test(integrity))
      .map(([architecture]) => `npm ${key} for ${architecture} needs a sha512 integrity`),
  ]
}

/** What is started ahead must be what would be started. */
function checkAhead({ ahead, run }: LanguageDefinition): string[] {
  const { compiler, runtime } = ahead ?? {}
  return [
    ...(compiler ? checkArgv('ahead.compiler', compiler.argv) : []),
    ...problemIf(
      compiler !== undefined && !(compiler.memoryBytes > 0 && compiler.maxCompilations > 0),
      'ahead.compiler needs memory and a number of compilations',
    ),
    ...problemIf(
      runtime !== undefined &&
        (runtime.argv.length >= run.argv.length ||
          runtime.argv.some((word, index) => word !== run.argv[index])),
      'ahead.runtime.argv must be how run.argv begins',
    ),
    ...problemIf(runtime !== undefined && !(runtime.memoryBytes > 0), 'ahead.runtime needs memory'),
    ...Object.keys({ ...compiler?.env, ...runtime?.env })
      .filter((name) => !/^[A-Z_][A-Z0-9_]*$/u.test(name))
      .map((name) => `${JSON.stringify(name)} is not a name of an environment variable`),
  ]
}

function checkWarm({ warm }: LanguageDefinition): string[] {
  return (warm?.looksFor ?? [])
    .filter((name) => !/^[\w-]+$/u.test(name))
    .map((name) => `warm.looksFor has ${name}, which is no name up to its first dot`)
}

function checkCommands({ compile, run, env, interactiveEnv, extraFiles }: LanguageDefinition): string[] {
  return [
    ...(compile ? checkArgv('compile', compile.argv) : []),
    ...checkArgv('run', run.argv),
    ...Object.keys({ ...env, ...compile?.env, ...run.env, ...interactiveEnv })
      .filter((name) => !/^[A-Z_][A-Z0-9_]*$/u.test(name))
      .map((name) => `${JSON.stringify(name)} is not a name of an environment variable`),
    ...Object.keys(extraFiles ?? {})
      .filter((name) => name.startsWith('/') || name.split('/').includes('..'))
      .map((name) => `the extra file ${name} must be inside the work folder`),
  ]
}

function checkArgv(stage: string, argv: readonly string[]): string[] {
  return [
    ...problemIf(argv.length === 0, `${stage}.argv is empty`),
    ...argv.flatMap((element) => findPlaceholderProblems(stage, element)),
  ]
}

function findPlaceholderProblems(stage: string, element: string): string[] {
  const known: readonly string[] = PLACEHOLDERS
  return [
    ...(element.match(/\{[^{}]*\}/gu) ?? [])
      .filter((placeholder) => !known.includes(placeholder))
      .map((placeholder) => `${stage}.argv has the unknown placeholder ${placeholder}`),
    ...problemIf(
      element.includes('{sources}') && element !== '{sources}',
      `${stage}.argv has {sources} inside the element ${element}`,
    ),
  ]
}

function checkLimits({ limits }: LanguageDefinition): string[] {
  return (['compile', 'run'] as const).flatMap((stage) =>
    LIMIT_NAMES.filter((name) => {
      const value = limits?.[stage]?.[name]
      return value !== undefined && !(Number.isSafeInteger(value) && value > 0)
    }).map((name) => `the limit ${stage}.${name} must be a positive whole number`),
  )
}

function checkSamples({ samples, extensions }: LanguageDefinition): string[] {
  const titles = samples.map((sample) => sample.title)
  const some = (has: (sample: Sample) => boolean): boolean => samples.some(has)
  return [
    ...problemIf(samples.length < FEWEST_SAMPLES, `there are fewer than ${FEWEST_SAMPLES} samples`),
    ...problemIf(new Set(titles).size < titles.length, 'two samples have the same title'),
    ...problemIf(!some(({ stdin }) => stdin !== undefined), 'no sample reads standard input'),
    ...problemIf(!some(({ args }) => args !== undefined), 'no sample takes arguments'),
    ...problemIf(!some(({ files }) => Object.keys(files).length > 1), 'no sample has several files'),
    ...problemIf(
      !some(({ files }) => Object.keys(files).some((name) => name.includes('/'))),
      'no sample has a folder',
    ),
    ...samples.flatMap((sample) => checkSample(sample, extensions)),
  ]
}

function checkSample({ title, files, expectedOutput }: Sample, extensions: readonly string[]): string[] {
  const entry = Object.keys(files)[0]
  return [
    ...problemIf(entry === undefined, `the sample ${title} has no file`),
    ...problemIf(
      entry !== undefined && !extensions.some((extension) => entry.endsWith(`.${extension}`)),
      `the sample ${title} starts from a file that has none of the extensions`,
    ),
    ...problemIf(expectedOutput === '', `the sample ${title} prints nothing`),
  ]
}

function problemIf(condition: boolean, problem: string): string[] {
  return condition ? [problem] : []
}
