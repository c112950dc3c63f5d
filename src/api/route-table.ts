import type { RouteOptions } from 'fastify'

/** Which methods an address has: the router itself tells only whether one method fits. */
export class RouteTable {
  readonly #methods = new Map<string, Set<string>>()

  /** Notes a route; catch-all routes say nothing about an address and are left out. */
  add({ url, method }: Pick<RouteOptions, 'url' | 'method'>): void {
    if (url.includes('*')) return
    const methods = this.#methods.get(url) ?? new Set()
    for (const name of typeof method === 'string' ? [method] : method) methods.add(name.toUpperCase())
    this.#methods.set(url, methods)
  }

  methodsAt(path: string): string[] {
    const methods = new Set<string>()
    for (const [pattern, names] of this.#methods) {
      if (fits(pattern, path)) names.forEach((name) => methods.add(name))
    }
    return methods.size === 0 ? [] : [...methods.add('OPTIONS')].toSorted()
  }
}

function fits(pattern: string, path: string): boolean {
  const wanted = segments(pattern)
  const given = segments(path)
  return (
    wanted.length === given.length &&
    wanted.every((segment, index) => segment.startsWith(':') || segment === given[index])
  )
}

/** A slash at the end makes no difference, as in the router. */
function segments(path: string): string[] {
  return path.replace(/\/$/, '').split('/')
}
