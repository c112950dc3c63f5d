/** Names that Go declares. */
import type { Declarations, Definition, Scope } from '../../engine/scopes.js'
import { OWN } from '../../engine/scopes.js'
import type { SyntaxNode } from '../../engine/syntax-tree.js'

export function declare(node: SyntaxNode, declarations: Declarations): void {
  const { scope, inner } = declarations
  switch (node.type) {
    case 'import_spec':
      declareImport(node, declarations)
      break
    case 'function_declaration':
    case 'type_spec':
    case 'type_alias':
      scope.declare(node.get('name')?.text ?? '')
      break
    case 'const_spec':
    case 'var_spec':
      declareAll(node.all('name'), node.get('value')?.namedChildren ?? [], scope, typed(node.get('type')))
      break
    case 'parameter_declaration':
    case 'variadic_parameter_declaration':
      if (scope.kind === 'function') declareAll(node.all('name'), [], scope, typed(node.get('type')))
      break
    case 'short_var_declaration':
      declareAll(listed(node.get('left')), listed(node.get('right')), scope, OWN)
      break
    case 'assignment_statement':
      assignAll(listed(node.get('left')), listed(node.get('right')), scope)
      break
    case 'range_clause':
    case 'receive_statement':
      if (node.childOfType(':=')) declareAll(listed(node.get('left')), [], scope, OWN)
      break
    case 'type_switch_statement':
      declareAll(listed(node.get('alias')), [], inner, OWN)
      break
    default:
  }
}

function declareImport(node: SyntaxNode, { scope, addImport }: Declarations): void {
  const path = stringValue(node.get('path')) ?? ''
  const name = node.get('name')
  addImport(path, node)
  if (name?.type === 'dot') scope.nearest('module').wildcards.push(path)
  else if (name?.type !== 'blank_identifier') {
    // The last part of a path names the package, but for a major version: `chi` in `github.com/go-chi/chi/v5`.
    const parts = path.split('/').filter((part, index) => index === 0 || !/^v\d+$/.test(part))
    scope.declare(name?.text ?? parts.at(-1) ?? '', { kind: 'import', path })
  }
}

function typed(type: SyntaxNode | undefined): Definition {
  return type ? { kind: 'instance', type } : OWN
}

function declareAll(
  names: readonly SyntaxNode[],
  values: readonly SyntaxNode[],
  scope: Scope,
  otherwise: Definition,
): void {
  for (const [index, name] of names.entries()) {
    if (name.type !== 'identifier') continue
    const value = valueFor(index, names, values)
    scope.declare(name.text, value ? { kind: 'value', value } : otherwise)
  }
}

function assignAll(names: readonly SyntaxNode[], values: readonly SyntaxNode[], scope: Scope): void {
  for (const [index, name] of names.entries()) {
    const value = valueFor(index, names, values)
    if (name.type === 'identifier' && value) {
      scope.declaring(name.text)?.declare(name.text, { kind: 'value', value })
    }
  }
}

/** `c, err := net.Dial(…)`: the first of several results is what matters, the others are errors. */
function valueFor(
  index: number,
  names: readonly SyntaxNode[],
  values: readonly SyntaxNode[],
): SyntaxNode | undefined {
  return values.length === names.length || index === 0 ? values[index] : undefined
}

function listed(node: SyntaxNode | undefined): readonly SyntaxNode[] {
  if (!node) return []
  return node.type === 'expression_list' ? node.namedChildren : [node]
}

export function stringValue(node: SyntaxNode | undefined): string | undefined {
  const isString = node?.type === 'interpreted_string_literal' || node?.type === 'raw_string_literal'
  return isString ? node.text.slice(1, -1) : undefined
}
