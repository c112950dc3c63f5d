import type { LoopSyntax } from '../../engine/frontend.js'
import type { SyntaxNode } from '../../engine/syntax-tree.js'

const LOOPS = ['while_statement', 'do_statement', 'for_statement', 'enhanced_for_statement']

export const javaLoops: LoopSyntax = {
  endlessBody(node) {
    if (!['while_statement', 'do_statement', 'for_statement'].includes(node.type)) return undefined
    const condition = node.get('condition')
    const isEndless = condition ? isTrue(condition) : node.type === 'for_statement'
    return isEndless ? node.get('body') : undefined
  },
  breakTargets: [...LOOPS, 'switch_expression'],
  breaks: ['break_statement', 'continue_statement'],
  label(node) {
    const holder = LOOPS.includes(node.type) ? node.parent : node
    const isLabelled =
      holder?.type === 'labeled_statement' || /^(break|continue)_statement$/.test(holder?.type ?? '')
    return isLabelled ? holder?.childOfType('identifier')?.text : undefined
  },
  leaves: ['return_statement'],
  throws: ['throw_statement'],
  boundaries: ['method_declaration', 'constructor_declaration', 'lambda_expression', 'class_body'],
  catches: (node) =>
    /^try_(with_resources_)?statement$/.test(node.type) && node.childOfType('catch_clause') !== undefined,
  exits: ['java.lang.System.exit', 'java.lang.Runtime().exit', 'java.lang.Runtime().halt'],
}

function isTrue(condition: SyntaxNode): boolean {
  const value = condition.type === 'parenthesized_expression' ? condition.namedChildren[0] : condition
  return value?.type === 'true'
}
