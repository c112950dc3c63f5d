import type { SyntaxNode } from '../../engine/syntax-tree.js'

/** Value of a string without interpolation, or of a symbol. */
export function stringValue(node: SyntaxNode): string | undefined {
  switch (node.type) {
    case 'string':
    case 'delimited_symbol':
      if (node.namedChildren.some(({ type }) => type === 'interpolation')) return undefined
      return node.namedChildren.map(({ text }) => text).join('')
    case 'simple_symbol':
      return node.text.slice(1)
    case 'hash_key_symbol':
      return node.text
    default:
      return undefined
  }
}
