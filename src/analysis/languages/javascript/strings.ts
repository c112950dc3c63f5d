import type { SyntaxNode } from '../../engine/syntax-tree.js'

/** Value of a string literal, a template without holes, or such joined by `+`. */
export function stringValue(node: SyntaxNode): string | undefined {
  switch (node.type) {
    case 'string':
    case 'template_string':
      if (node.namedChildren.some(({ type }) => type === 'template_substitution')) return undefined
      return node.namedChildren.map(({ text }) => text).join('')
    case 'parenthesized_expression': {
      const [only] = node.namedChildren
      return only && stringValue(only)
    }
    case 'binary_expression': {
      if (node.get('operator')?.type !== '+') return undefined
      const [left, right] = node.namedChildren.map(stringValue)
      return left === undefined || right === undefined ? undefined : left + right
    }
    default:
      return undefined
  }
}
