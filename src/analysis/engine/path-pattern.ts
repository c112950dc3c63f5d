/**
 * Patterns over paths such as `os.system` or `pathlib.Path().unlink`: `*` stands for any run of characters but dots,
 * `**` for any run at all. Exact patterns cost one look-up, however many there are.
 */
export class PathIndex<T> {
  readonly #exact = new Map<string, T[]>()
  readonly #globs: { readonly prefix: string; readonly whole: RegExp; readonly value: T }[] = []

  add(pattern: string, value: T): void {
    if (pattern.includes('*')) {
      this.#globs.push({ prefix: pattern.slice(0, pattern.indexOf('*')), whole: toRegExp(pattern), value })
      return
    }
    const values = this.#exact.get(pattern)
    if (values) values.push(value)
    else this.#exact.set(pattern, [value])
  }

  find(path: string): T[] {
    const found = [...(this.#exact.get(path) ?? [])]
    for (const { prefix, whole, value } of this.#globs) {
      if (path.startsWith(prefix) && whole.test(path)) found.push(value)
    }
    return found
  }
}

/** A test for paths that match one of the patterns. */
export function pathMatcher(patterns: readonly string[]): (path: string) => boolean {
  const index = new PathIndex<true>()
  for (const pattern of patterns) index.add(pattern, true)
  return (path) => index.find(path).length > 0
}

function toRegExp(pattern: string): RegExp {
  const parts = pattern.split(/(\*\*|\*)/).map((part) => {
    if (part === '**') return '.*'
    if (part === '*') return '[^.]*'
    return part.replaceAll(/[.()[\]|$^+?{}\\]/g, String.raw`\$&`)
  })
  return new RegExp(`^${parts.join('')}$`)
}
