/** What the engine must know of one language's syntax. Data where possible; functions read nodes, nothing else. */
import type { Expression } from './expression.js'
import type { ScopeReader } from './scopes.js'
import type { SyntaxNode } from './syntax-tree.js'

/** How loops, and the ways out of them, are written. All but `condition` are names of node types. */
export interface LoopSyntax {
  /** The loop's body when nothing in its head can end it (`while (true)`), else undefined. */
  readonly endlessBody: (node: SyntaxNode) => SyntaxNode | undefined
  /** Nodes that an unlabelled `break` inside leaves instead of the loop around: loops, and `switch` where so. */
  readonly breakTargets: readonly string[]
  readonly breaks: readonly string[]
  /** Whether a node is a `break`, where its type alone does not tell. */
  readonly isBreak?: (node: SyntaxNode) => boolean
  /** How many loops a `break` leaves; 1 when absent. */
  readonly breakLevels?: (node: SyntaxNode) => number
  /** Label of a `break`, or of a loop. */
  readonly label?: (node: SyntaxNode) => string | undefined
  /** Statements that leave the loop, or let another decide whether it goes on: `return`, `yield`, `goto`. */
  readonly leaves: readonly string[]
  readonly throws: readonly string[]
  /** Paths of calls that throw, where throwing is a call. */
  readonly throwCalls?: readonly string[]
  /** Functions and classes: what they do, the loop does not. */
  readonly boundaries: readonly string[]
  /** Whether a node is a `try` that catches. */
  readonly catches?: (node: SyntaxNode) => boolean
  /** Paths of calls that end the program, thread or block. */
  readonly exits: readonly string[]
  /** Methods that leave the loop in the end, whatever they belong to. */
  readonly exitMethods?: readonly string[]
  /** Whether somebody else may end a loop that stands here: the body of a generator, a thread. */
  readonly endedFromOutside?: (loop: SyntaxNode, nodes: readonly SyntaxNode[]) => boolean
}

export interface LanguageFrontend extends ScopeReader {
  /** How a node reads as an expression; undefined for everything that cannot name anything. */
  readonly expression: (node: SyntaxNode) => Expression | undefined
  /** Value of a string literal without interpolation. */
  readonly stringValue: (node: SyntaxNode) => string | undefined
  /** Paths that a name may stand for when the program declares it nowhere: built-ins. */
  readonly undeclared: (name: string, at: SyntaxNode) => readonly string[]
  /**
   * What a call gives, where that is more than "the result of the callee": `require("fs")`, `getattr(os, "system")`.
   * `path` is the callee's.
   */
  readonly evaluate?: (path: string, args: readonly SyntaxNode[]) => Expression | undefined
  /** Path under which rules know a path: without `node:`, `.default`, `.call`. */
  readonly normalize?: (path: string) => string
  /** Whether names in a class body are visible in its methods without qualification. */
  readonly classScopesAreVisible: boolean
  /** Nodes in which names are not uses: import statements, type annotations. */
  readonly notUses: readonly string[]
  /** Nodes whose children are arguments of a call. */
  readonly argumentLists: readonly string[]
  readonly loops: LoopSyntax
}
