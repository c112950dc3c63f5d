import type { SyntaxNode } from '../../engine/syntax-tree.js'

/** Text of a word as Bash reads it, undefined where it depends on variables or commands. */
export function stringValue(node: SyntaxNode): string | undefined {
  switch (node.type) {
    case 'word':
    case 'number':
      return node.text.replaceAll(/\\(.)/g, '$1')
    case 'raw_string':
      return node.text.slice(1, -1)
    case 'string':
      if (node.namedChildren.some(({ type }) => type !== 'string_content')) return undefined
      return node.namedChildren.map(({ text }) => text).join('')
    case 'concatenation': {
      const parts = node.namedChildren.map(stringValue)
      return parts.includes(undefined) ? undefined : parts.join('')
    }
    default:
      return undefined
  }
}
