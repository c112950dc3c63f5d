import type { LoopSyntax } from '../../engine/frontend.js'
import type { SyntaxNode } from '../../engine/syntax-tree.js'

const LOOPS = ['while_statement', 'do_statement', 'for_statement', 'for_in_statement']

export const javascriptLoops: LoopSyntax = {
  endlessBody(node) {
    if (!['while_statement', 'do_statement', 'for_statement'].includes(node.type)) return undefined
    const condition = node.get('condition')
    return condition && isAlwaysTrue(condition) ? node.get('body') : undefined
  },
  breakTargets: [...LOOPS, 'switch_statement'],
  breaks: ['break_statement', 'continue_statement'],
  label(node) {
    if (LOOPS.includes(node.type)) {
      return node.parent?.type === 'labeled_statement' ? node.parent.get('label')?.text : undefined
    }
    return node.get('label')?.text
  },
  leaves: ['return_statement', 'yield_expression'],
  throws: ['throw_statement'],
  boundaries: [
    'function_declaration',
    'function_expression',
    'generator_function',
    'generator_function_declaration',
    'arrow_function',
    'method_definition',
    'class_body',
  ],
  catches: (node) => node.type === 'try_statement' && node.get('handler') !== undefined,
  exits: [
    'global.process.exit',
    'global.process.abort',
    'global.process.kill',
    'process.exit',
    'process.abort',
  ],
}

function isAlwaysTrue(condition: SyntaxNode): boolean {
  switch (condition.type) {
    case 'true':
    case 'empty_statement':
      return true
    case 'number':
      return Number(condition.text) !== 0
    case 'unary_expression':
      return (
        condition.get('operator')?.type === '!' &&
        ['false', '0'].includes(condition.get('argument')?.text ?? '')
      )
    case 'parenthesized_expression':
    case 'expression_statement': {
      const [only] = condition.namedChildren
      return only !== undefined && isAlwaysTrue(only)
    }
    default:
      return false
  }
}
