import type { SyntaxNode } from '../../engine/syntax-tree.js'

/** Value of a string literal without interpolation, or of several side by side. */
export function stringValue(node: SyntaxNode): string | undefined {
  if (node.type === 'concatenated_string') {
    const parts = node.namedChildren.map(stringValue)
    return parts.includes(undefined) ? undefined : parts.join('')
  }
  if (node.type !== 'string' || node.namedChildren.some(({ type }) => type === 'interpolation'))
    return undefined
  return node.namedChildren
    .filter(({ type }) => type === 'string_content')
    .map(({ text }) => text)
    .join('')
}
