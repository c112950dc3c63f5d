import type { LoopSyntax } from '../../engine/frontend.js'
import type { SyntaxNode } from '../../engine/syntax-tree.js'

const FUNCTIONS = ['func_literal', 'function_declaration', 'method_declaration']

export const goLoops: LoopSyntax = {
  endlessBody(node) {
    if (node.type !== 'for_statement') return undefined
    const head = node.namedChildren.find((child) => child.field !== 'body')
    const condition = head?.type === 'for_clause' ? head.get('condition') : head
    const isEndless = head?.type !== 'range_clause' && (!condition || condition.type === 'true')
    return isEndless ? node.get('body') : undefined
  },
  breakTargets: ['for_statement', 'expression_switch_statement', 'type_switch_statement', 'select_statement'],
  breaks: ['break_statement', 'continue_statement'],
  label(node) {
    if (node.type !== 'for_statement') return node.childOfType('label_name')?.text
    return node.parent?.type === 'labeled_statement' ? node.parent.get('label')?.text : undefined
  },
  leaves: ['return_statement', 'goto_statement'],
  throws: [],
  boundaries: FUNCTIONS,
  exits: [
    'builtin.panic',
    'os.Exit',
    'runtime.Goexit',
    'syscall.Exit',
    'syscall.Exec',
    'log.Fatal*',
    'log.Panic*',
    'log.New().Fatal*',
  ],
  // A goroutine ends with the program, however it loops.
  endedFromOutside(loop, nodes) {
    let around = loop.parent
    while (around && !FUNCTIONS.includes(around.type)) around = around.parent
    if (around?.type === 'func_literal') return around.parent?.parent?.type === 'go_statement'
    const name = around?.get('name')?.text
    return name !== undefined && goroutinesAmong(nodes).has(name)
  },
}

const goroutinesByFile = new WeakMap<readonly SyntaxNode[], ReadonlySet<string>>()

/** Names of the functions that the file starts with `go`. */
function goroutinesAmong(nodes: readonly SyntaxNode[]): ReadonlySet<string> {
  let names = goroutinesByFile.get(nodes)
  if (!names) {
    names = new Set(
      nodes
        .filter(({ type }) => type === 'go_statement')
        .map((statement) => statement.namedChildren[0]?.get('function'))
        .map((callee) => (callee?.get('field') ?? callee)?.text ?? ''),
    )
    goroutinesByFile.set(nodes, names)
  }
  return names
}
