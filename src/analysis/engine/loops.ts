/** Finds loops that nothing in the program can leave. In doubt a loop ends: a warning that is wrong teaches nothing. */
import type { Expression, Value } from './expression.js'
import { isNode } from './expression.js'
import type { LanguageFrontend, LoopSyntax } from './frontend.js'
import { pathMatcher } from './path-pattern.js'
import type { Resolver } from './resolver.js'
import type { Scope } from './scopes.js'
import { scopeOf } from './scopes.js'
import type { SyntaxNode, SyntaxTree } from './syntax-tree.js'

export class LoopFinder {
  readonly #tree: SyntaxTree
  readonly #module: Scope
  readonly #frontend: LanguageFrontend
  readonly #syntax: LoopSyntax
  readonly #resolver: Resolver
  readonly #isExit: (path: string) => boolean
  readonly #isThrowCall: (path: string) => boolean
  readonly #tick: () => void
  #leavingFunctions: ReadonlySet<string> | undefined

  constructor(
    tree: SyntaxTree,
    module: Scope,
    frontend: LanguageFrontend,
    resolver: Resolver,
    tick: () => void,
  ) {
    this.#tree = tree
    this.#module = module
    this.#frontend = frontend
    this.#syntax = frontend.loops
    this.#resolver = resolver
    this.#isExit = pathMatcher(frontend.loops.exits)
    this.#isThrowCall = pathMatcher(frontend.loops.throwCalls ?? [])
    this.#tick = tick
  }

  /** The body of a loop without end, or undefined when the node is none. */
  endlessBody(node: SyntaxNode): SyntaxNode | undefined {
    const body = this.#syntax.endlessBody(node)
    if (!body || this.#syntax.endedFromOutside?.(node, this.#tree.nodes) || this.#standsInTry(node))
      return undefined
    return this.#canLeave(node, body) ? undefined : body
  }

  #standsInTry(loop: SyntaxNode): boolean {
    const { catches, boundaries } = this.#syntax
    for (let node = loop.parent; node && !boundaries.includes(node.type); node = node.parent) {
      if (catches?.(node)) return true
    }
    return false
  }

  #canLeave(loop: SyntaxNode, body: SyntaxNode): boolean {
    this.#leavingFunctions ??= this.#findLeavingFunctions()
    return this.#some(loop, (node) => this.#leaves(node, loop, body) || this.#callsLeaving(node))
  }

  #leaves(node: SyntaxNode, loop: SyntaxNode, body: SyntaxNode): boolean {
    const syntax = this.#syntax
    if (syntax.leaves.includes(node.type) || this.#calls(node, this.#isExit)) return true
    if (this.#throws(node)) return !this.#isCaughtWithin(node, loop)
    const isBreak = syntax.breaks.includes(node.type) || (syntax.isBreak?.(node) ?? false)
    return isBreak && this.#breaksOut(node, loop, body)
  }

  #breaksOut(node: SyntaxNode, loop: SyntaxNode, body: SyntaxNode): boolean {
    const label = this.#syntax.label?.(node)
    const isContinue = node.type.startsWith('continue')
    if (label === undefined && isContinue) return false
    let levels = this.#syntax.breakLevels?.(node) ?? 1
    for (let outer = node.parent; outer && outer !== loop && outer !== body; outer = outer.parent) {
      if (label === undefined && this.#syntax.breakTargets.includes(outer.type) && --levels === 0)
        return false
      if (label !== undefined && this.#syntax.label?.(outer) === label) return false
    }
    return !(isContinue && this.#syntax.label?.(loop) === label)
  }

  #throws(node: SyntaxNode): boolean {
    return this.#syntax.throws.includes(node.type) || this.#calls(node, this.#isThrowCall)
  }

  #isCaughtWithin(node: SyntaxNode, limit: SyntaxNode): boolean {
    for (let outer = node.parent; outer && outer !== limit; outer = outer.parent) {
      if (this.#syntax.catches?.(outer)) return true
    }
    return false
  }

  #calls(node: SyntaxNode, isOne: (path: string) => boolean): boolean {
    const expression = this.#frontend.expression(node)
    if (expression?.kind !== 'call') return false
    return this.#resolver.resolve(expression.callee, scopeOf(node) ?? this.#module).some(isOne)
  }

  #callsLeaving(node: SyntaxNode): boolean {
    const name = this.#calledName(node)
    if (name === undefined) return false
    return this.#leavingFunctions?.has(name) || (this.#syntax.exitMethods?.includes(name) ?? false)
  }

  /** Last name of the callee, whatever it belongs to: `menu` for `self.menu()`. */
  #calledName(node: SyntaxNode): string | undefined {
    const expression = this.#frontend.expression(node)
    if (expression?.kind !== 'call') return undefined
    let callee: Value | undefined = expression.callee
    for (;;) {
      const read: Expression | undefined = isNode(callee) ? this.#frontend.expression(callee) : callee
      if (read?.kind === 'same') callee = read.node
      else if (read?.kind === 'name') return this.#plain(read.name)
      else return read?.kind === 'member' ? this.#plain(read.property) : undefined
    }
  }

  #plain(name: string): string {
    return this.#frontend.normalize?.(name) ?? name
  }

  /** Names of the program's functions that may end it or throw, themselves or through others. */
  #findLeavingFunctions(): ReadonlySet<string> {
    const { boundaries } = this.#syntax
    const leaving = new Set<string>()
    const callersByName = new Map<string, string[]>()
    for (const node of this.#tree.nodes) {
      const name = boundaries.includes(node.type) ? functionName(node) : undefined
      if (name === undefined) continue
      this.#some(node, (inner) => {
        const called = this.#calledName(inner)
        if (called !== undefined) appendTo(callersByName, called, name)
        const throwsOut = this.#throws(inner) && !this.#isCaughtWithin(inner, node)
        if (throwsOut || this.#calls(inner, this.#isExit)) leaving.add(name)
        return false
      })
    }
    for (const name of leaving) {
      for (const caller of callersByName.get(name) ?? []) leaving.add(caller)
    }
    return leaving
  }

  /** Whether any node below one, not counting functions inside it, passes the test. */
  #some(root: SyntaxNode, test: (node: SyntaxNode) => boolean): boolean {
    for (let index = root.index + 1; index <= root.lastIndex; index++) {
      this.#tick()
      const node = this.#tree.nodes[index]
      if (!node) return false
      if (node.named && test(node)) return true
      if (this.#syntax.boundaries.includes(node.type)) index = node.lastIndex
    }
    return false
  }
}

function appendTo(lists: Map<string, string[]>, key: string, value: string): void {
  const list = lists.get(key)
  if (list) list.push(value)
  else lists.set(key, [value])
}

function functionName(node: SyntaxNode): string | undefined {
  const name = node.get('name') ?? node.get('declarator')?.get('declarator')
  if (name) return name.text
  // `const menu = () => …`
  return node.parent?.type === 'variable_declarator' ? node.parent.get('name')?.text : undefined
}
