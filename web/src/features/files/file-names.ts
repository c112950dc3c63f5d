/** The rules that the service has for names, checked here first so that the message comes while typing. */
const MAX_NAME_BYTES = 255

/** What is wrong with a path of a file, in a sentence; null when it is good. */
export function fileNameProblem(path: string): string | null {
  if (path.trim() === '') {
    return 'A file needs a name.'
  }
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001F\u007F]/.test(path)) {
    return 'A name cannot contain control characters.'
  }
  if (path.includes('\\')) {
    return 'Use / between folders, not \\.'
  }
  if (path.startsWith('/')) {
    return 'A name cannot begin with /.'
  }
  const parts = path.split('/')
  if (parts.some((part) => part === '' || part === '.' || part === '..')) {
    return 'A name cannot contain empty parts, . or ..'
  }
  if (new TextEncoder().encode(path).length > MAX_NAME_BYTES) {
    return `A name can have at most ${MAX_NAME_BYTES} bytes.`
  }
  return null
}

/** Also refuses names that other files of the project make impossible. */
export function newPathProblem(path: string, others: readonly string[]): string | null {
  const problem = fileNameProblem(path)
  if (problem !== null) {
    return problem
  }
  if (others.includes(path)) {
    return `There is already a file called ${path}.`
  }
  const clash = others.find((other) => other.startsWith(`${path}/`) || path.startsWith(`${other}/`))
  return clash === undefined
    ? null
    : `${path} and ${clash} cannot both exist: one would be a folder of the other.`
}

/** A name not yet taken, made from the wished one: `main.py`, `main-2.py`, … */
export function freeName(wished: string, taken: readonly string[]): string {
  const dot = wished.lastIndexOf('.')
  const [stem, extension] = dot > 0 ? [wished.slice(0, dot), wished.slice(dot)] : [wished, '']
  let name = wished
  for (let count = 2; newPathProblem(name, taken) !== null && count < 1000; count += 1) {
    name = `${stem}-${count}${extension}`
  }
  return name
}

/** The name without its folders. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
