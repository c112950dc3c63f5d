/** Holds one file's tree against a language's rules. */
import type { Expression } from './expression.js'
import { isNode } from './expression.js'
import type { LanguageFrontend } from './frontend.js'
import { LoopFinder } from './loops.js'
import { Resolver } from './resolver.js'
import type { CallMatcher, RuleSet } from './rule-set.js'
import type { Rule } from './rule.js'
import type { ProgramScopes } from './scopes.js'
import { buildScopes, scopeOf } from './scopes.js'
import type { PatternContext } from './syntax-pattern.js'
import type { SyntaxNode, SyntaxTree } from './syntax-tree.js'

/** A finding before it has a message and a position. */
export interface Match {
  readonly rule: Rule
  readonly start: number
  readonly end: number
  /** The path that matched, where the rule is about one. */
  readonly path: string | undefined
}

export interface MatchInput {
  readonly tree: SyntaxTree
  readonly frontend: LanguageFrontend
  readonly rules: RuleSet
  readonly localModules: ReadonlySet<string>
  /** Stops after this many. */
  readonly maxMatches: number
  /** Called for every step; throws to stop. */
  readonly tick: () => void
}

export interface MatchResult {
  readonly matches: readonly Match[]
  /** False when `maxMatches` or `tick` ended it early. */
  readonly complete: boolean
}

/** Thrown by `tick` when the time is over. */
export class OutOfTime extends Error {
  override readonly name = 'OutOfTime'
}

/** Every match in the file, or those found until the time was over. */
export function matchRules(input: MatchInput): MatchResult {
  const file = new FileMatcher(input)
  try {
    file.run()
    return { matches: file.matches, complete: file.matches.length < input.maxMatches }
  } catch (error) {
    if (error instanceof OutOfTime) return { matches: file.matches, complete: false }
    throw error
  }
}

class FileMatcher {
  readonly matches: Match[] = []
  readonly #input: MatchInput
  readonly #resolver: Resolver
  readonly #lastEnd = new Map<Rule, number>()
  readonly #usedPaths = new Set<string>()

  constructor(input: MatchInput) {
    this.#input = input
    this.#resolver = new Resolver(input.frontend, input.tick)
  }

  run(): void {
    const { tree, frontend, rules, localModules, maxMatches, tick } = this.#input
    const scopes = buildScopes(tree, frontend, localModules, tick)
    const loops = new LoopFinder(tree, scopes.module, frontend, this.#resolver, tick)
    const imported = new Set(scopes.imports.map(({ path }) => path))
    const context: PatternContext = {
      nodes: tree.nodes,
      tick,
      resolve: (node) => this.#resolver.resolve(node, scopes.module),
      stringValue: (node) => frontend.stringValue(node),
    }

    let lastNotUsed = -1
    for (const node of tree.nodes) {
      tick()
      if (!node.named) continue
      if (this.matches.length >= maxMatches) break
      for (const { rule, test } of rules.shapesOf(node.type)) {
        if (test(node, context)) this.#add(rule, node.start, this.#shapeEnd(node))
      }
      const body = rules.endlessLoops.length > 0 ? loops.endlessBody(node) : undefined
      if (body) for (const rule of rules.endlessLoops) this.#add(rule, node.start, headEnd(node, body))
      if (frontend.notUses.includes(node.type)) lastNotUsed = Math.max(lastNotUsed, node.lastIndex)
      if (node.index > lastNotUsed) this.#matchExpression(node, imported, context)
    }
    this.#matchImports(scopes)
  }

  #shapeEnd(node: SyntaxNode): number {
    const expression = this.#input.frontend.expression(node)
    return expression?.kind === 'call' ? calleeEnd(expression, node) : node.end
  }

  #matchExpression(node: SyntaxNode, imported: ReadonlySet<string>, context: PatternContext): void {
    const expression = this.#input.frontend.expression(node)
    const scope = scopeOf(node)
    if (!expression || !scope) return
    if (expression.kind === 'call') {
      const end = calleeEnd(expression, node)
      for (const path of this.#resolver.resolve(expression.callee, scope)) {
        this.#matchCall(path, node, end, imported, context)
      }
    } else if (expression.kind !== 'path' && expression.kind !== 'element') {
      const isPassedOn = this.#isArgument(node)
      if (expression.kind !== 'name' && expression.kind !== 'member' && !isPassedOn) return
      for (const path of this.#resolver.resolve(node, scope)) {
        if (isPassedOn) this.#matchPassedOn(path, node, imported)
        this.#matchUse(path, node)
      }
    }
  }

  #isArgument(node: SyntaxNode): boolean {
    const { parent } = node
    // Base classes are written like arguments: `class Server(socket)`.
    if (!parent || parent.field === 'superclasses' || node.field === 'name') return false
    return this.#input.frontend.argumentLists.includes(parent.type)
  }

  #matchCall(
    path: string,
    node: SyntaxNode,
    end: number,
    imported: ReadonlySet<string>,
    context: PatternContext,
  ): void {
    this.#usedPaths.add(path)
    for (const matcher of this.#input.rules.calls.find(path)) {
      if (!isImported(matcher, imported) || (matcher.where && !matcher.where(node, context))) continue
      this.#add(matcher.rule, node.start, end, path)
    }
  }

  #matchUse(path: string, node: SyntaxNode): void {
    this.#usedPaths.add(path)
    for (const rule of this.#input.rules.mentions.find(path)) {
      if (this.#resolver.isDirect(node)) this.#add(rule, node.start, node.end, path)
    }
  }

  /** `map(eval, lines)`: a function passed on will be called. Classes are passed on for many other reasons. */
  #matchPassedOn(path: string, node: SyntaxNode, imported: ReadonlySet<string>): void {
    if (!/(^|\.)[a-z_]\w*$/.test(path)) return
    for (const matcher of this.#input.rules.calls.find(path)) {
      if (!matcher.where && isImported(matcher, imported)) this.#add(matcher.rule, node.start, node.end, path)
    }
  }

  #matchImports({ imports }: ProgramScopes): void {
    for (const { path, node } of imports) {
      const rules = this.#input.rules.imports.find(path)
      if (rules.length === 0 || this.#isUsed(path)) continue
      for (const rule of rules) this.#add(rule, node.start, node.end, path)
    }
  }

  #isUsed(path: string): boolean {
    for (const used of this.#usedPaths) {
      this.#input.tick()
      if (used === path || used.startsWith(`${path}.`) || used.startsWith(`${path}(`)) return true
    }
    return false
  }

  #add(rule: Rule, start: number, end: number, path?: string): void {
    // Parents come first, so what lies inside an earlier match says the same again: `promisify(exec)("ls")`.
    if (end <= (this.#lastEnd.get(rule) ?? -1)) return
    this.#lastEnd.set(rule, end)
    this.matches.push({ rule, start, end, path })
  }
}

function isImported({ whenImported }: CallMatcher, imported: ReadonlySet<string>): boolean {
  return !whenImported || whenImported.some((path) => imported.has(path))
}

/** Where the name of what is called ends, so that a finding does not cover the arguments too. */
function calleeEnd({ callee }: Extract<Expression, { kind: 'call' }>, node: SyntaxNode): number {
  if (isNode(callee)) return callee.end
  return callee.kind === 'member' || callee.kind === 'name' ? (callee.end ?? node.end) : node.end
}

/** The end of a loop's head, without the space before its body. */
function headEnd(loop: SyntaxNode, body: SyntaxNode): number {
  if (body.start <= loop.start) return loop.end
  return loop.start + loop.text.slice(0, body.start - loop.start).trimEnd().length
}
