/** Reads C and C++: namespaces, aliases of them, macros that rename, and the program's own functions. */
import type { Expression } from '../../engine/expression.js'
import type { LanguageFrontend } from '../../engine/frontend.js'
import { scopeOf } from '../../engine/scopes.js'
import type { SyntaxNode } from '../../engine/syntax-tree.js'
import { declare, memberName } from './declarations.js'
import { cLoops } from './loops.js'
import { nameParts } from './names.js'

export const cFrontend: LanguageFrontend = {
  scopes: {
    function_definition: 'function',
    lambda_expression: 'function',
    class_specifier: 'class',
    struct_specifier: 'class',
    union_specifier: 'class',
    namespace_definition: 'block',
    compound_statement: 'block',
    if_statement: 'block',
    while_statement: 'block',
    for_statement: 'block',
    for_range_loop: 'block',
    catch_clause: 'block',
  },
  declare,
  expression,
  stringValue,
  undeclared: (name, at) => (isOwnMember(name, at) ? [] : [name]),
  normalize: (path) => path.replaceAll('[]', ''),
  classScopesAreVisible: true,
  notUses: ['preproc_include', 'using_declaration'],
  argumentLists: ['argument_list'],
  loops: cLoops,
}

function expression(node: SyntaxNode): Expression | undefined {
  switch (node.type) {
    case 'identifier':
    case 'type_identifier':
    case 'namespace_identifier':
      return node.field === 'declarator' ? undefined : { kind: 'name', name: node.text }
    case 'qualified_identifier':
    case 'nested_namespace_specifier':
      return node.parent?.type === 'qualified_identifier' ? undefined : qualified(node)
    case 'template_function':
    case 'template_type':
      return sameAs(node.get('name'))
    case 'field_expression':
      return fieldOf(node)
    case 'call_expression': {
      const callee = node.get('function')
      return callee && { kind: 'call', callee, args: node.get('arguments')?.namedChildren ?? [] }
    }
    case 'new_expression': {
      const callee = node.get('type')
      return callee && { kind: 'call', callee, args: node.get('arguments')?.namedChildren ?? [] }
    }
    case 'subscript_expression': {
      const of = node.get('argument')
      return of && { kind: 'element', of }
    }
    case 'conditional_expression':
      return { kind: 'either', nodes: [...node.all('consequence'), ...node.all('alternative')] }
    case 'parenthesized_expression':
      return sameAs(node.namedChildren[0])
    case 'cast_expression':
      return sameAs(node.get('value'))
    case 'pointer_expression':
      return sameAs(node.get('argument'))
    case 'assignment_expression':
    case 'comma_expression':
      return sameAs(node.get('right'))
    default:
      return undefined
  }
}

function sameAs(node: SyntaxNode | undefined): Expression | undefined {
  return node && { kind: 'same', node }
}

/** `std::filesystem::remove`, `fs::remove`, `::system`. */
function qualified(node: SyntaxNode): Expression | undefined {
  const [first, ...rest] = nameParts(node)
  if (first === undefined) return undefined
  if (first === '') return { kind: 'path', path: rest.join('.') }
  let value: Expression = { kind: 'name', name: first }
  for (const property of rest) value = { kind: 'member', object: value, property }
  return value
}

function fieldOf(node: SyntaxNode): Expression | undefined {
  const object = node.get('argument')
  const property = node.get('field')?.text
  if (!object || property === undefined) return undefined
  return object.type === 'this' ? { kind: 'name', name: property } : { kind: 'member', object, property }
}

/** Whether a bare name, used inside a member function, may be another member of the class. */
function isOwnMember(name: string, at: SyntaxNode): boolean {
  if (!scopeOf(at)?.nearest('module').own(memberName(name))) return false
  for (let node: SyntaxNode | null = at; node; node = node.parent) {
    if (node.type === 'class_specifier' || node.type === 'struct_specifier') return true
    if (node.type === 'function_definition' && nameParts(node.get('declarator')).length > 1) return true
  }
  return false
}

function stringValue(node: SyntaxNode): string | undefined {
  if (node.type === 'concatenated_string') {
    const parts = node.namedChildren.map(stringValue)
    return parts.includes(undefined) ? undefined : parts.join('')
  }
  const isString = node.type === 'string_literal' || node.type === 'raw_string_literal'
  return isString ? node.namedChildren.map(({ text }) => text).join('') : undefined
}
