/**
 * What name resolution needs to know of an expression, the same for every language. A language's front end reads
 * its own syntax into this; nothing above it knows node types.
 */
import type { SyntaxNode } from './syntax-tree.js'

export type Expression =
  /** `system`; `end` is where it ends in the source when it has no node of its own. */
  | { readonly kind: 'name'; readonly name: string; readonly end?: number }
  /** `os.system`, `os["system"]`, `std::system` */
  | { readonly kind: 'member'; readonly object: Value; readonly property: string; readonly end?: number }
  /** `f(x)`, `new F(x)` */
  | { readonly kind: 'call'; readonly callee: Value; readonly args: readonly SyntaxNode[] }
  /** One that the front end can name by itself: `require("fs")` seen as `fs`. */
  | { readonly kind: 'path'; readonly path: string }
  /** Wrapping that does not change what is named: parentheses, `await`, casts. */
  | { readonly kind: 'same'; readonly node: Value }
  /** `a || b`, `c ? a : b`: any of them. */
  | { readonly kind: 'either'; readonly nodes: readonly SyntaxNode[] }
  /** An element of a collection: `files[0]`, or the variable of a loop over it. */
  | { readonly kind: 'element'; readonly of: Value }

export type Value = SyntaxNode | Expression

export function isNode(value: Value): value is SyntaxNode {
  return 'type' in value
}
