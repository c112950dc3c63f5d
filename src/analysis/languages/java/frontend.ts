/** Reads Java: imports, declared types, and methods as a name space apart from variables. */
import type { Expression } from '../../engine/expression.js'
import type { LanguageFrontend } from '../../engine/frontend.js'
import type { SyntaxNode } from '../../engine/syntax-tree.js'
import { declare, methodName } from './declarations.js'
import { javaLoops } from './loops.js'

export const javaFrontend: LanguageFrontend = {
  scopes: {
    class_declaration: 'class',
    interface_declaration: 'class',
    enum_declaration: 'class',
    record_declaration: 'class',
    class_body: 'class',
    method_declaration: 'function',
    constructor_declaration: 'function',
    lambda_expression: 'function',
    block: 'block',
    switch_block: 'block',
    for_statement: 'block',
    enhanced_for_statement: 'block',
    catch_clause: 'block',
    try_with_resources_statement: 'block',
  },
  declare,
  expression,
  stringValue,
  undeclared: (name) => (name.endsWith('#') ? [] : [name, `java.lang.${name}`]),
  evaluate: (path) =>
    path === 'java.lang.Runtime.getRuntime' ? { kind: 'path', path: 'java.lang.Runtime()' } : undefined,
  normalize,
  classScopesAreVisible: true,
  notUses: ['import_declaration', 'package_declaration', 'marker_annotation', 'annotation'],
  argumentLists: ['argument_list'],
  loops: javaLoops,
}

function expression(node: SyntaxNode): Expression | undefined {
  switch (node.type) {
    case 'identifier':
      return node.field === 'name' || node.field === 'field' ? undefined : { kind: 'name', name: node.text }
    case 'type_identifier':
      return { kind: 'name', name: node.text }
    case 'scoped_type_identifier': {
      const [outer, inner] = node.namedChildren
      return outer && inner && { kind: 'member', object: outer, property: inner.text }
    }
    case 'scoped_identifier':
      return member(node.get('scope'), node.get('name'))
    case 'field_access':
      return member(node.get('object'), node.get('field'))
    case 'method_reference':
      return member(node.namedChildren[0], node.namedChildren.at(-1))
    case 'method_invocation':
      return invocation(node)
    case 'object_creation_expression': {
      const callee = node.get('type')
      return callee && { kind: 'call', callee, args: node.get('arguments')?.namedChildren ?? [] }
    }
    case 'cast_expression': {
      const type = node.get('type')
      return type && { kind: 'same', node: { kind: 'call', callee: type, args: [] } }
    }
    case 'array_access': {
      const array = node.get('array')
      return array && { kind: 'element', of: array }
    }
    case 'ternary_expression':
      return { kind: 'either', nodes: [...node.all('consequence'), ...node.all('alternative')] }
    case 'assignment_expression':
      return sameAs(node.get('right'))
    case 'parenthesized_expression':
    case 'array_type':
    case 'generic_type':
      return sameAs(node.namedChildren[0])
    default:
      return undefined
  }
}

function sameAs(node: SyntaxNode | undefined): Expression | undefined {
  return node && { kind: 'same', node }
}

function member(object: SyntaxNode | undefined, name: SyntaxNode | undefined): Expression | undefined {
  if (!object || !name) return undefined
  if (object.type === 'this') return { kind: 'name', name: name.text }
  return { kind: 'member', object, property: name.text, end: name.end }
}

function invocation(node: SyntaxNode): Expression | undefined {
  const name = node.get('name')
  if (!name) return undefined
  const args = node.get('arguments')?.namedChildren ?? []
  const object = node.get('object')
  const isOwn = !object || object.type === 'this'
  const callee: Expression | undefined = isOwn
    ? { kind: 'name', name: methodName(name.text), end: name.end }
    : member(object, name)
  return callee && { kind: 'call', callee, args }
}

/** Methods are called by their names, and an element of an array is what the array was declared to hold. */
function normalize(path: string): string {
  const name = path.endsWith('#') ? path.slice(0, -1) : path
  return name.includes('[]') ? name.replaceAll('[]', '') : name
}

function stringValue(node: SyntaxNode): string | undefined {
  return node.type === 'string_literal' ? node.namedChildren.map(({ text }) => text).join('') : undefined
}
