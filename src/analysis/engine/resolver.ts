/**
 * Says what an expression names: `o.system` is `os.system` after `import os as o`, `p.unlink` is
 * `pathlib.Path().unlink` after `p = Path("x")`. A path's `()` is the result of a call, `[]` an element.
 */
import type { Expression, Value } from './expression.js'
import { isNode } from './expression.js'
import type { LanguageFrontend } from './frontend.js'
import type { Definition, Scope } from './scopes.js'
import { scopeOf } from './scopes.js'
import type { SyntaxNode } from './syntax-tree.js'

/** No honest program comes near these; a hostile one meets them instead of our stack and memory. */
const MAX_PATHS = 8
const MAX_PATH_LENGTH = 200
const MAX_STEPS_DEEP = 300

export class Resolver {
  readonly #frontend: LanguageFrontend
  readonly #known = new Map<SyntaxNode | Definition, readonly string[]>()
  readonly #tick: () => void
  #depth = 0

  constructor(frontend: LanguageFrontend, tick: () => void) {
    this.#frontend = frontend
    this.#tick = tick
  }

  /** Every path the value may stand for; none when it is the program's own. */
  resolve(value: Value, scope: Scope): readonly string[] {
    if (!isNode(value)) return this.#resolveExpression(value, scope, undefined)
    return this.#once(value, () => {
      const expression = this.#frontend.expression(value)
      return expression ? this.#resolveExpression(expression, scopeOf(value) ?? scope, value) : []
    })
  }

  /** Whether the node itself names the thing, rather than a variable that was given it. */
  isDirect(node: SyntaxNode): boolean {
    const expression = this.#frontend.expression(node)
    if (expression?.kind === 'member') return true
    const scope = scopeOf(node)
    if (expression?.kind !== 'name' || !scope) return false
    const definitions = this.#lookUp(expression.name, scope)
    return !definitions || definitions.some((definition) => definition.kind === 'import')
  }

  #once(key: SyntaxNode | Definition, resolve: () => readonly string[]): readonly string[] {
    const known = this.#known.get(key)
    if (known) return known
    // Holds while it is being worked out, so that `a = b; b = a` ends.
    this.#known.set(key, [])
    const paths = resolve()
    this.#known.set(key, paths)
    return paths
  }

  #resolveExpression(expression: Expression, scope: Scope, node: SyntaxNode | undefined): readonly string[] {
    this.#tick()
    if (this.#depth >= MAX_STEPS_DEEP) return []
    this.#depth++
    try {
      return this.#limit(this.#pathsOf(expression, scope, node))
    } finally {
      this.#depth--
    }
  }

  #pathsOf(expression: Expression, scope: Scope, node: SyntaxNode | undefined): readonly string[] {
    switch (expression.kind) {
      case 'name':
        return this.#resolveName(expression.name, scope, node)
      case 'member':
        return this.resolve(expression.object, scope).map((path) => `${path}.${expression.property}`)
      case 'call':
        return this.resolve(expression.callee, scope).flatMap((path) => {
          const special = this.#frontend.evaluate?.(path, expression.args)
          return special ? this.resolve(special, scope) : [`${path}()`]
        })
      case 'path':
        return [expression.path]
      case 'same':
        return this.resolve(expression.node, scope)
      case 'either':
        return expression.nodes.flatMap((choice) => this.resolve(choice, scope))
      case 'element':
      default:
        return this.resolve(expression.of, scope).map((path) => `${path}[]`)
    }
  }

  #resolveName(name: string, scope: Scope, node: SyntaxNode | undefined): readonly string[] {
    const definitions = this.#lookUp(name, scope)
    if (definitions) {
      return definitions.flatMap((definition) =>
        this.#once(definition, () => this.#valueOf(definition, scope)),
      )
    }
    const paths = [...this.#frontend.undeclared(name, node ?? scope.node)]
    for (let outer: Scope | undefined = scope; outer; outer = outer.parent) {
      for (const wildcard of outer.wildcards) paths.push(`${wildcard}.${name}`)
    }
    return paths
  }

  #lookUp(name: string, from: Scope): readonly Definition[] | undefined {
    for (let scope: Scope | undefined = from; scope; scope = scope.parent) {
      const visible = scope.kind !== 'class' || scope === from || this.#frontend.classScopesAreVisible
      const definitions = visible ? scope.own(name) : undefined
      if (definitions) return definitions
    }
    return undefined
  }

  #valueOf(definition: Definition, scope: Scope): readonly string[] {
    switch (definition.kind) {
      case 'import':
        return [definition.path]
      case 'instance':
        return this.resolve(definition.type, scope).map((path) => `${path}()`)
      case 'value': {
        const paths = this.resolve(definition.value, scope)
        return definition.path ? paths.map((path) => `${path}.${definition.path}`) : paths
      }
      case 'own':
      default:
        return []
    }
  }

  #limit(paths: readonly string[]): readonly string[] {
    const { normalize } = this.#frontend
    const short = paths.filter((path) => path.length <= MAX_PATH_LENGTH)
    return [...new Set(normalize ? short.map(normalize) : short)].slice(0, MAX_PATHS)
  }
}
