/** Reads Go: packages under their import paths (`os/exec.Command`), short declarations, declared types. */
import type { Expression } from '../../engine/expression.js'
import type { LanguageFrontend } from '../../engine/frontend.js'
import type { SyntaxNode } from '../../engine/syntax-tree.js'
import { declare, stringValue } from './declarations.js'
import { goLoops } from './loops.js'

export const goFrontend: LanguageFrontend = {
  scopes: {
    function_declaration: 'function',
    method_declaration: 'function',
    func_literal: 'function',
    block: 'block',
    if_statement: 'block',
    for_statement: 'block',
    expression_switch_statement: 'block',
    type_switch_statement: 'block',
    expression_case: 'block',
    communication_case: 'block',
  },
  declare,
  expression,
  stringValue,
  undeclared: (name) => [`builtin.${name}`],
  normalize: (path) => path.replaceAll('[]', ''),
  classScopesAreVisible: true,
  notUses: ['import_declaration'],
  argumentLists: ['argument_list'],
  loops: goLoops,
}

function expression(node: SyntaxNode): Expression | undefined {
  switch (node.type) {
    case 'identifier':
      return node.field === 'name' ? undefined : { kind: 'name', name: node.text }
    case 'type_identifier':
    case 'package_identifier':
      return { kind: 'name', name: node.text }
    case 'selector_expression':
      return member(node.get('operand'), node.get('field'))
    case 'qualified_type':
      return member(node.get('package'), node.get('name'))
    case 'call_expression': {
      const callee = node.get('function')
      return callee && { kind: 'call', callee, args: node.get('arguments')?.namedChildren ?? [] }
    }
    case 'composite_literal': {
      const callee = node.get('type')
      return callee && { kind: 'call', callee, args: [] }
    }
    case 'type_assertion_expression': {
      const type = node.get('type')
      return type && { kind: 'same', node: { kind: 'call', callee: type, args: [] } }
    }
    case 'index_expression': {
      const of = node.get('operand')
      return of && { kind: 'element', of }
    }
    case 'unary_expression': {
      const operand = node.get('operand')
      const isReference = ['&', '*'].includes(node.get('operator')?.type ?? '')
      return operand && isReference ? { kind: 'same', node: operand } : undefined
    }
    case 'parenthesized_expression':
    case 'pointer_type':
    case 'slice_type':
    case 'array_type': {
      const inner = node.get('element') ?? node.namedChildren[0]
      return inner && { kind: 'same', node: inner }
    }
    default:
      return undefined
  }
}

function member(object: SyntaxNode | undefined, name: SyntaxNode | undefined): Expression | undefined {
  return object && name && { kind: 'member', object, property: name.text }
}
