/** Names that Python declares: imports, targets of every kind of assignment, parameters. */
import type { Declarations, Definition, Scope } from '../../engine/scopes.js'
import { OWN } from '../../engine/scopes.js'
import type { SyntaxNode } from '../../engine/syntax-tree.js'

/** Key under which a function's scope knows that a name is the module's. */
const globalMark = (name: string): string => `global ${name}`

export function declare(node: SyntaxNode, declarations: Declarations): void {
  const { scope, inner } = declarations
  switch (node.type) {
    case 'import_statement':
      for (const imported of node.all('name')) declareImport(imported, declarations)
      break
    case 'import_from_statement':
      declareFromImport(node, declarations)
      break
    case 'function_definition':
    case 'class_definition':
      scope.declare(node.get('name')?.text ?? '')
      for (const parameter of node.get('parameters')?.namedChildren ?? []) declareParameter(parameter, inner)
      break
    case 'lambda':
      for (const parameter of node.get('parameters')?.namedChildren ?? []) declareParameter(parameter, inner)
      break
    case 'assignment': {
      const type = node.get('type')
      const value = node.get('right')
      if (type) bind(node.get('left'), scope, { kind: 'instance', type })
      if (value) assign(node.get('left'), value, scope)
      break
    }
    case 'named_expression': {
      const value = node.get('value')
      if (value) assign(node.get('name'), value, scope.nearest('function', 'class', 'module'))
      break
    }
    case 'for_statement':
    case 'for_in_clause': {
      const collection = node.get('right')
      const element: Definition = collection
        ? { kind: 'value', value: { kind: 'element', of: collection } }
        : OWN
      bind(node.get('left'), scope, element)
      break
    }
    case 'as_pattern':
      declareAs(node, scope)
      break
    case 'global_statement':
      for (const name of node.namedChildren) scope.declare(globalMark(name.text))
      break
    default:
  }
}

function declareImport(imported: SyntaxNode, { scope, localModules, addImport }: Declarations): void {
  const name = imported.type === 'aliased_import' ? imported.get('name') : imported
  const path = name?.text.replaceAll(/\s/g, '') ?? ''
  const first = path.split('.')[0] ?? ''
  const alias = imported.get('alias')?.text
  if (localModules.has(first)) return scope.declare(alias ?? first)
  scope.declare(alias ?? first, { kind: 'import', path: alias === undefined ? first : path })
  addImport(path, imported)
}

function declareFromImport(node: SyntaxNode, { scope, localModules, addImport }: Declarations): void {
  const module = node.get('module_name')?.text.replaceAll(/\s/g, '') ?? ''
  const isLocal = module.startsWith('.') || localModules.has(module.split('.')[0] ?? '')
  if (node.childOfType('wildcard_import')) {
    if (!isLocal) {
      scope.wildcards.push(module)
      addImport(module, node)
    }
    return
  }
  for (const imported of node.all('name')) {
    const name = (imported.type === 'aliased_import' ? imported.get('name') : imported)?.text ?? ''
    const path = `${module}.${name}`
    scope.declare(imported.get('alias')?.text ?? name, isLocal ? OWN : { kind: 'import', path })
    if (!isLocal) addImport(path, imported)
  }
}

function declareParameter(parameter: SyntaxNode, scope: Scope): void {
  const type = parameter.get('type')
  const name = parameter.get('name') ?? parameter.namedChildren[0] ?? parameter
  bind(name, scope, type ? { kind: 'instance', type } : OWN)
}

/** `except E as e`, `with open(f) as g`, `case [x] as y`. */
function declareAs(node: SyntaxNode, scope: Scope): void {
  const target = node.get('alias')?.namedChildren[0]
  const value = node.namedChildren[0]
  const isResource = node.parent?.type === 'with_item'
  bind(target, scope, isResource && value ? { kind: 'value', value } : OWN)
}

function assign(target: SyntaxNode | undefined, value: SyntaxNode, scope: Scope): void {
  const isUnpacking = target?.type === 'pattern_list' || target?.type === 'tuple_pattern'
  if (!isUnpacking) return bind(target, scope, { kind: 'value', value })
  const targets = target.namedChildren
  const values = ['expression_list', 'tuple'].includes(value.type) ? value.namedChildren : []
  for (const [index, part] of targets.entries()) {
    const partValue = values.length === targets.length ? values[index] : undefined
    if (partValue) assign(part, partValue, scope)
    else bind(part, scope, OWN)
  }
}

/** Declares every name in a target; only a bare name takes the definition, parts of it are the program's own. */
function bind(target: SyntaxNode | undefined, scope: Scope, definition: Definition): void {
  if (!target) return
  if (target.type === 'identifier') {
    const isGlobal = scope.own(globalMark(target.text)) !== undefined
    ;(isGlobal ? scope.nearest('module') : scope).declare(target.text, definition)
  } else if (/pattern|tuple|list/.test(target.type)) {
    for (const part of target.namedChildren) bind(part, scope, OWN)
  }
}
