/** Names that C and C++ declare. A prototype is no definition: `int system(const char *);` means the library's. */
import type { Declarations, Definition, Scope } from '../../engine/scopes.js'
import { OWN } from '../../engine/scopes.js'
import type { SyntaxNode } from '../../engine/syntax-tree.js'
import { nameParts } from './names.js'

/** Key under which the file's scope knows the members of its classes. */
export const memberName = (name: string): string => `member ${name}`

export function declare(node: SyntaxNode, declarations: Declarations): void {
  const { scope, inner, addImport } = declarations
  switch (node.type) {
    case 'preproc_include':
      addImport(node.get('path')?.text.slice(1, -1) ?? '', node)
      break
    case 'preproc_def':
      declareMacro(node, scope)
      break
    case 'preproc_function_def':
      scope.declare(node.get('name')?.text ?? '')
      break
    case 'using_declaration':
      declareUsing(node, scope)
      break
    case 'namespace_alias_definition': {
      const path = nameParts(node.namedChildren.at(-1)).join('.')
      scope.declare(node.get('name')?.text ?? '', { kind: 'import', path })
      break
    }
    case 'alias_declaration':
      declareType(node.get('name'), node.get('type')?.get('type'), scope)
      break
    case 'type_definition':
      scope.declare(nameParts(node.get('declarator')).at(-1) ?? '')
      break
    case 'class_specifier':
    case 'struct_specifier':
    case 'enum_specifier':
      if (node.get('body')) scope.declare(nameParts(node.get('name')).at(-1) ?? '')
      break
    case 'enumerator':
      scope.declare(node.get('name')?.text ?? '')
      break
    case 'function_definition':
      declareFunction(node, scope)
      break
    case 'field_declaration':
      for (const declarator of node.all('declarator')) declareMember(declarator, node.get('type'), scope)
      break
    case 'declaration':
      for (const declarator of node.all('declarator')) declareVariable(declarator, node.get('type'), scope)
      break
    case 'parameter_declaration':
    case 'optional_parameter_declaration':
      // Those of prototypes stand in no function and name nothing.
      if (scope.kind === 'function' || node.parent?.parent?.type === 'catch_clause') {
        bind(node.get('declarator'), instanceOf(node.get('type')), scope)
      }
      break
    case 'for_range_loop': {
      const right = node.get('right')
      bind(node.get('declarator'), instanceOf(node.get('type')), inner)
      if (right) bind(node.get('declarator'), { kind: 'value', value: { kind: 'element', of: right } }, inner)
      break
    }
    default:
  }
}

/** `#define RUN system` renames; anything else hides the name. */
function declareMacro(node: SyntaxNode, scope: Scope): void {
  const name = node.get('name')?.text ?? ''
  const value = node.get('value')?.text.trim() ?? ''
  const isName = /^[A-Za-z_]\w*$/.test(value) && value !== name
  const definition: Definition = isName ? { kind: 'value', value: { kind: 'name', name: value } } : OWN
  scope.nearest('module').declare(name, definition)
}

function declareUsing(node: SyntaxNode, scope: Scope): void {
  const parts = nameParts(node.namedChildren[0])
  const path = parts.join('.')
  if (node.childOfType('namespace')) scope.wildcards.push(path)
  else scope.declare(parts.at(-1) ?? '', { kind: 'import', path })
}

function declareType(name: SyntaxNode | undefined, type: SyntaxNode | undefined, scope: Scope): void {
  scope.declare(name?.text ?? '', type ? { kind: 'value', value: type } : OWN)
}

function declareFunction(node: SyntaxNode, scope: Scope): void {
  const parts = nameParts(node.get('declarator'))
  const name = parts.at(-1) ?? ''
  if (parts.length > 1 || scope.kind === 'class') scope.nearest('module').declare(memberName(name))
  if (parts.length === 1) scope.declare(name)
}

function declareMember(declarator: SyntaxNode, type: SyntaxNode | undefined, scope: Scope): void {
  bind(declarator, instanceOf(type), scope)
  scope.nearest('module').declare(memberName(nameParts(declarator).at(-1) ?? ''))
}

function declareVariable(declarator: SyntaxNode, type: SyntaxNode | undefined, scope: Scope): void {
  const value = declarator.get('value')
  const isPrototype = isFunction(declarator) && !value && scope.kind === 'module'
  if (isPrototype) return
  bind(declarator, instanceOf(type), scope)
  if (value && !/^(argument|initializer)_list$/.test(value.type))
    bind(declarator, { kind: 'value', value }, scope)
}

function isFunction(declarator: SyntaxNode): boolean {
  const inner = declarator.type === 'pointer_declarator' ? declarator.get('declarator') : declarator
  return inner?.type === 'function_declarator'
}

function instanceOf(type: SyntaxNode | undefined): Definition {
  const isNamed = /^(type_identifier|qualified_identifier|template_type)$/.test(type?.type ?? '')
  return type && isNamed ? { kind: 'instance', type } : OWN
}

function bind(declarator: SyntaxNode | undefined, definition: Definition, scope: Scope): void {
  const target = declarator?.type === 'init_declarator' ? declarator.get('declarator') : declarator
  if (target?.type === 'structured_binding_declarator') {
    for (const name of target.namedChildren) scope.declare(name.text)
    return
  }
  const parts = nameParts(target)
  if (parts.length === 1) scope.declare(parts[0] ?? '', definition)
}
