import type { LoopSyntax } from '../../engine/frontend.js'
import type { SyntaxNode } from '../../engine/syntax-tree.js'

export const pythonLoops: LoopSyntax = {
  endlessBody(node) {
    if (node.type === 'while_statement') {
      const condition = node.get('condition')
      return condition && isAlwaysTrue(condition) ? node.get('body') : undefined
    }
    return undefined
  },
  breakTargets: ['while_statement', 'for_statement'],
  breaks: ['break_statement'],
  // Whoever asks a generator decides when it stops, and a waiting coroutine can be cancelled.
  leaves: ['return_statement', 'yield', 'await'],
  throws: ['raise_statement'],
  boundaries: ['function_definition', 'lambda', 'class_definition'],
  catches: (node) => node.type === 'try_statement' && node.children.some(isHandlerOfErrors),
  exits: ['sys.exit', 'os._exit', 'os.abort', 'os.kill', 'os.exec*', 'builtins.exit', 'builtins.quit'],
}

/** `except KeyboardInterrupt` waits for a person at the keyboard; nothing in the loop raises it. */
function isHandlerOfErrors(clause: SyntaxNode): boolean {
  if (!clause.type.startsWith('except_')) return false
  return !/^except\s*\(?\s*KeyboardInterrupt\b/.test(clause.text)
}

function isAlwaysTrue(condition: SyntaxNode): boolean {
  switch (condition.type) {
    case 'true':
      return true
    case 'integer':
      return !/^0[xob]?[0_]*$/i.test(condition.text)
    case 'not_operator':
      return condition.get('argument')?.type === 'false'
    case 'parenthesized_expression': {
      const [only] = condition.namedChildren
      return only !== undefined && isAlwaysTrue(only)
    }
    default:
      return false
  }
}
