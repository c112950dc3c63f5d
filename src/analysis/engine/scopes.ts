/** Which names a program declares, where, and what they were given. Flow is not followed: every value counts. */
import type { Value } from './expression.js'
import type { SyntaxNode, SyntaxTree } from './syntax-tree.js'

export type ScopeKind = 'module' | 'function' | 'class' | 'block'

export type Definition =
  /** Imported under this canonical path: `os.system`. */
  | { readonly kind: 'import'; readonly path: string }
  /** Given this value, or the member of it that `path` names (destructuring). */
  | { readonly kind: 'value'; readonly value: Value; readonly path?: string }
  /** Declared to hold an object of the type that this expression names. */
  | { readonly kind: 'instance'; readonly type: Value }
  /** The program's own: a parameter, function or class. */
  | { readonly kind: 'own' }

/** Enough for any honest program; a hostile one cannot make resolution explode. */
const MAX_DEFINITIONS = 8

export const OWN: Definition = { kind: 'own' }

export class Scope {
  readonly kind: ScopeKind
  readonly node: SyntaxNode
  readonly parent: Scope | undefined
  readonly #names = new Map<string, Definition[]>()
  /** Paths whose members are visible by their bare names: `from os import *`. */
  readonly wildcards: string[] = []

  constructor(kind: ScopeKind, node: SyntaxNode, parent: Scope | undefined) {
    this.kind = kind
    this.node = node
    this.parent = parent
  }

  declare(name: string, definition: Definition = OWN): void {
    const known = this.#names.get(name)
    if (!known) this.#names.set(name, [definition])
    else if (known.length < MAX_DEFINITIONS) known.push(definition)
  }

  /** What this scope itself says of a name. */
  own(name: string): readonly Definition[] | undefined {
    return this.#names.get(name)
  }

  /** This scope or the nearest around it of one of these kinds; the module's if there is none. */
  nearest(...kinds: readonly ScopeKind[]): Scope {
    return kinds.includes(this.kind) || !this.parent ? this : this.parent.nearest(...kinds)
  }

  /** The innermost scope from here outwards that declares a name. */
  declaring(name: string): Scope | undefined {
    return this.#names.has(name) ? this : this.parent?.declaring(name)
  }
}

/** Something the program imports, whether or not it uses it. */
export interface Import {
  readonly path: string
  readonly node: SyntaxNode
}

/** What a front end may say while the scopes are built. */
export interface Declarations {
  /** The scope the node stands in. */
  readonly scope: Scope
  /** The scope the node opens; `scope` when it opens none. */
  readonly inner: Scope
  /** First names of the modules that were sent beside this file; they go before libraries of the same name. */
  readonly localModules: ReadonlySet<string>
  readonly addImport: (path: string, node: SyntaxNode) => void
}

export interface ScopeReader {
  /** Kind of the scope a node opens, or undefined when it opens none. */
  readonly scopes: Readonly<Record<string, ScopeKind>>
  /** Declares the names that a node brings. Called for every node, parents first. */
  readonly declare: (node: SyntaxNode, declarations: Declarations) => void
}

export interface ProgramScopes {
  readonly module: Scope
  readonly imports: readonly Import[]
}

/** The scope that names in a node are looked up in; undefined before the scopes are built. */
export function scopeOf(node: SyntaxNode): Scope | undefined {
  return node.scope as Scope | undefined
}

/** Gives every node its scope and fills the scopes. `tick` is called for each node and may throw to stop. */
export function buildScopes(
  tree: SyntaxTree,
  reader: ScopeReader,
  localModules: ReadonlySet<string>,
  tick: () => void,
): ProgramScopes {
  const module = new Scope('module', tree.root, undefined)
  const imports: Import[] = []
  const addImport = (path: string, node: SyntaxNode): void => {
    imports.push({ path, node })
  }

  for (const node of tree.nodes) {
    tick()
    const outer = (node.parent && scopeOf(node.parent)) ?? module
    const kind = node.parent ? reader.scopes[node.type] : undefined
    const inner = kind && node.named ? new Scope(kind, node, outer) : outer
    node.scope = inner
    if (node.named) reader.declare(node, { scope: outer, inner, localModules, addImport })
  }
  return { module, imports }
}
