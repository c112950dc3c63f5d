/** Patterns over syntax nodes, as data: what ast-grep's rule objects are, on our trees and with resolved names. */
import { pathMatcher } from './path-pattern.js'
import type { SyntaxNode } from './syntax-tree.js'

export interface SyntaxPattern {
  readonly type?: string | readonly string[]
  /** The node's source text. */
  readonly text?: string | RegExp
  /** Value of a string literal. */
  readonly string?: RegExp
  /** The node, as an expression, names something that matches one of these path patterns. */
  readonly resolves?: readonly string[]
  /** Children by field; null where there must be none. */
  readonly fields?: Readonly<Record<string, SyntaxPattern | null>>
  /** Named children by position, negative from the end; null where there must be none. */
  readonly nth?: Readonly<Record<number, SyntaxPattern | null>>
  /** How many named children it has. */
  readonly count?: { readonly min?: number; readonly max?: number }
  /** Some child, named or not. */
  readonly child?: SyntaxPattern
  /** Some node below. */
  readonly has?: SyntaxPattern
  readonly parent?: SyntaxPattern
  /** Whether its `name` is that of the function it stands in. */
  readonly recursive?: boolean
  /** Some node above. */
  readonly inside?: SyntaxPattern
  readonly all?: readonly SyntaxPattern[]
  readonly any?: readonly SyntaxPattern[]
  readonly not?: SyntaxPattern
}

export interface PatternContext {
  /** All nodes in source order, to look below a node without recursion. */
  readonly nodes: readonly SyntaxNode[]
  readonly resolve: (node: SyntaxNode) => readonly string[]
  readonly stringValue: (node: SyntaxNode) => string | undefined
  /** Called for each node looked at; may throw to stop. */
  readonly tick: () => void
}

export type NodeTest = (node: SyntaxNode, context: PatternContext) => boolean

/** Makes one test of a pattern; the cheapest conditions are tried first. */
export function compilePattern(pattern: SyntaxPattern): NodeTest {
  const tests = [...ownTests(pattern), ...logicTests(pattern), ...neighbourTests(pattern)]
  return (node, context) => {
    context.tick()
    return tests.every((test) => test(node, context))
  }
}

function ownTests({ type, text, string, count, resolves, recursive }: SyntaxPattern): NodeTest[] {
  const tests: NodeTest[] = []
  if (type !== undefined) {
    const types = new Set(typeof type === 'string' ? [type] : type)
    tests.push((node) => types.has(node.type))
  }
  if (text !== undefined)
    tests.push((node) => (typeof text === 'string' ? node.text === text : text.test(node.text)))
  if (string) {
    tests.push((node, { stringValue }) => {
      const value = stringValue(node)
      return value !== undefined && string.test(value)
    })
  }
  if (count) {
    const { min = 0, max = Infinity } = count
    tests.push((node) => {
      const { length } = node.namedChildren
      return length >= min && length <= max
    })
  }
  if (resolves) {
    const matches = pathMatcher(resolves)
    tests.push((node, { resolve }) => resolve(node).some(matches))
  }
  if (recursive !== undefined) tests.push((node) => isRecursive(node) === recursive)
  return tests
}

function isRecursive(node: SyntaxNode): boolean {
  let around = node.parent
  while (around && !around.type.includes('function')) around = around.parent
  const name = around?.get('name')?.text
  return name !== undefined && node.get('name')?.text === name
}

function logicTests({ all, any, not }: SyntaxPattern): NodeTest[] {
  const tests: NodeTest[] = []
  for (const pattern of all ?? []) tests.push(compilePattern(pattern))
  if (any) {
    const choices = any.map(compilePattern)
    tests.push((node, context) => choices.some((test) => test(node, context)))
  }
  if (not) {
    const refused = compilePattern(not)
    tests.push((node, context) => !refused(node, context))
  }
  return tests
}

function neighbourTests({ fields, nth, child, has, parent, inside }: SyntaxPattern): NodeTest[] {
  const tests: NodeTest[] = []
  for (const [field, pattern] of Object.entries(fields ?? {})) {
    tests.push(optional(pattern, (node) => node.get(field)))
  }
  for (const [position, pattern] of Object.entries(nth ?? {})) {
    tests.push(optional(pattern, (node) => node.namedChildren.at(Number(position))))
  }
  if (child) {
    const test = compilePattern(child)
    tests.push((node, context) => node.children.some((inner) => test(inner, context)))
  }
  if (has) {
    const test = compilePattern(has)
    tests.push((node, context) => {
      for (let index = node.index + 1; index <= node.lastIndex; index++) {
        const inner = context.nodes[index]
        if (inner && test(inner, context)) return true
      }
      return false
    })
  }
  if (parent) {
    const test = compilePattern(parent)
    tests.push((node, context) => node.parent !== null && test(node.parent, context))
  }
  if (inside) {
    const test = compilePattern(inside)
    tests.push((node, context) => {
      for (let outer = node.parent; outer; outer = outer.parent) if (test(outer, context)) return true
      return false
    })
  }
  return tests
}

function optional(
  pattern: SyntaxPattern | null,
  find: (node: SyntaxNode) => SyntaxNode | undefined,
): NodeTest {
  const test = pattern && compilePattern(pattern)
  return (node, context) => {
    const found = find(node)
    return test ? found !== undefined && test(found, context) : found === undefined
  }
}
