import type { LoopSyntax } from '../../engine/frontend.js'
import type { SyntaxNode } from '../../engine/syntax-tree.js'

const EXITS = ['exit', '_exit', '_Exit', 'abort', 'quick_exit', 'longjmp', 'terminate', 'raise']

export const cLoops: LoopSyntax = {
  endlessBody(node) {
    if (!['while_statement', 'do_statement', 'for_statement'].includes(node.type)) return undefined
    const condition = node.get('condition')
    const isEndless = condition ? isAlwaysTrue(condition) : node.type === 'for_statement'
    return isEndless ? node.get('body') : undefined
  },
  breakTargets: ['while_statement', 'do_statement', 'for_statement', 'for_range_loop', 'switch_statement'],
  breaks: ['break_statement'],
  leaves: [
    'return_statement',
    'goto_statement',
    'co_return_statement',
    'co_yield_statement',
    'co_await_expression',
  ],
  throws: ['throw_statement'],
  boundaries: ['function_definition', 'lambda_expression'],
  catches: (node) => node.type === 'try_statement',
  exits: [
    ...EXITS,
    ...EXITS.map((name) => `std.${name}`),
    'siglongjmp',
    'pthread_exit',
    'thrd_exit',
    'exec*',
    'err',
    'errx',
  ],
}

function isAlwaysTrue(condition: SyntaxNode): boolean {
  const value = condition.get('value') ?? (condition.namedChildren[0] || condition)
  switch (value.type) {
    case 'true':
      return true
    case 'number_literal':
      return Number(value.text) !== 0
    default:
      return false
  }
}
