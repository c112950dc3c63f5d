/** A language's rules, made ready once: indexed by the paths and node types they look for. */
import { PathIndex } from './path-pattern.js'
import type { Matcher, Rule } from './rule.js'
import type { NodeTest } from './syntax-pattern.js'
import { compilePattern } from './syntax-pattern.js'

export interface CallMatcher {
  readonly rule: Rule
  readonly where: NodeTest | undefined
  readonly whenImported: readonly string[] | undefined
}

interface ShapeMatcher {
  readonly rule: Rule
  readonly test: NodeTest
}

export class RuleSet {
  readonly rules: readonly Rule[]
  readonly calls = new PathIndex<CallMatcher>()
  readonly mentions = new PathIndex<Rule>()
  readonly imports = new PathIndex<Rule>()
  readonly endlessLoops: Rule[] = []
  readonly #shapesByType = new Map<string, ShapeMatcher[]>()

  constructor(rules: readonly Rule[]) {
    this.rules = rules
    for (const rule of rules) for (const matcher of rule.match) this.#add(rule, matcher)
  }

  /** Matchers for nodes of a type. */
  shapesOf(type: string): readonly ShapeMatcher[] {
    return this.#shapesByType.get(type) ?? []
  }

  #add(rule: Rule, matcher: Matcher): void {
    if ('calls' in matcher) {
      const where = matcher.where && compilePattern(matcher.where)
      for (const path of matcher.calls) {
        this.calls.add(path, { rule, where, whenImported: matcher.whenImported })
      }
    } else if ('mentions' in matcher) {
      for (const path of matcher.mentions) this.mentions.add(path, rule)
    } else if ('importsOnly' in matcher) {
      for (const path of matcher.importsOnly) this.imports.add(path, rule)
    } else if ('syntax' in matcher) {
      this.#addShape(rule, matcher.syntax)
    } else {
      this.endlessLoops.push(rule)
    }
  }

  #addShape(rule: Rule, pattern: Extract<Matcher, { syntax: unknown }>['syntax']): void {
    if (pattern.type === undefined)
      throw new Error(`Rule ${rule.id}: the outermost pattern needs a node type`)
    const matcher = { rule, test: compilePattern(pattern) }
    for (const type of typeof pattern.type === 'string' ? [pattern.type] : pattern.type) {
      const known = this.#shapesByType.get(type)
      if (known) known.push(matcher)
      else this.#shapesByType.set(type, [matcher])
    }
  }
}
