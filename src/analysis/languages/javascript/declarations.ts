/** Names that JavaScript and TypeScript declare. */
import type { Declarations, Definition, Scope } from '../../engine/scopes.js'
import { OWN } from '../../engine/scopes.js'
import type { SyntaxNode } from '../../engine/syntax-tree.js'
import { stringValue } from './strings.js'

export function declare(node: SyntaxNode, declarations: Declarations): void {
  const { scope, inner } = declarations
  switch (node.type) {
    case 'import_statement':
      declareImports(node, declarations)
      break
    case 'variable_declarator': {
      const target = node.parent?.type === 'variable_declaration' ? scope.nearest('function') : scope
      bind(node.get('name'), target, node.get('value'))
      break
    }
    case 'assignment_expression': {
      const name = node.get('left')
      const target = name?.type === 'identifier' ? scope.declaring(name.text) : undefined
      bind(name, target ?? scope.nearest('module'), node.get('right'))
      break
    }
    case 'function_declaration':
    case 'generator_function_declaration':
    case 'class_declaration':
    case 'abstract_class_declaration':
    case 'enum_declaration':
    case 'internal_module':
      scope.declare(node.get('name')?.text ?? '')
      break
    case 'function_expression':
    case 'class':
      inner.declare(node.get('name')?.text ?? '')
      break
    case 'formal_parameters':
      for (const parameter of node.namedChildren) bind(parameter, scope)
      break
    case 'arrow_function':
      bind(node.get('parameter'), inner)
      break
    case 'catch_clause':
      bind(node.get('parameter'), inner)
      break
    case 'for_in_statement':
      bind(node.get('left'), node.get('kind')?.type === 'var' ? inner.nearest('function') : inner)
      break
    default:
  }
}

function declareImports(node: SyntaxNode, { scope, addImport }: Declarations): void {
  const clause = node.childOfType('import_clause', 'import_require_clause')
  const source = node.get('source') ?? clause?.get('source')
  const module = (source && stringValue(source))?.replace(/^node:/, '') ?? ''
  const isType = node.children.some(({ type }) => type === 'type' || type === 'typeof')
  const definition = (path: string): Definition => (isType ? OWN : { kind: 'import', path })
  if (!isType) addImport(module, node)

  for (const part of clause?.namedChildren ?? []) {
    if (part.type === 'identifier') scope.declare(part.text, definition(module))
    else if (part.type === 'namespace_import') {
      scope.declare(part.namedChildren[0]?.text ?? '', definition(module))
    } else if (part.type === 'named_imports') {
      for (const specifier of part.namedChildren) {
        const name = specifier.get('name')?.text ?? ''
        const path = name === 'default' ? module : `${module}.${name}`
        scope.declare(specifier.get('alias')?.text ?? name, definition(path))
      }
    }
  }
}

/** Declares the names of a pattern; `path` is what of the value the pattern takes. */
function bind(pattern: SyntaxNode | undefined, scope: Scope, value?: SyntaxNode, path = ''): void {
  if (!pattern) return
  const inside = (part: SyntaxNode | undefined, key: string): void => {
    bind(part, scope, value, path ? `${path}.${key}` : key)
  }
  switch (pattern.type) {
    case 'identifier':
    case 'shorthand_property_identifier_pattern':
      scope.declare(pattern.text, value ? { kind: 'value', value, path } : OWN)
      break
    case 'object_pattern':
      for (const part of pattern.namedChildren) {
        if (part.type === 'shorthand_property_identifier_pattern') inside(part, part.text)
        else if (part.type === 'object_assignment_pattern')
          inside(part.get('left'), part.get('left')?.text ?? '')
        else bind(part, scope, value, path)
      }
      break
    case 'pair_pattern':
      inside(pattern.get('value'), keyOf(pattern.get('key')))
      break
    case 'assignment_pattern':
      bind(pattern.get('left'), scope, value, path)
      break
    case 'rest_pattern':
      bind(pattern.namedChildren[0], scope, value, path)
      break
    case 'array_pattern':
      for (const part of pattern.namedChildren) bind(part, scope)
      break
    case 'required_parameter':
    case 'optional_parameter':
      bind(pattern.get('pattern'), scope)
      break
    default:
  }
}

function keyOf(key: SyntaxNode | undefined): string {
  return (key && stringValue(key)) ?? key?.text ?? ''
}
