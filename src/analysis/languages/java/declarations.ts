/** Names that Java declares, with the types they are declared with. */
import type { Declarations, Scope } from '../../engine/scopes.js'
import { OWN } from '../../engine/scopes.js'
import type { SyntaxNode } from '../../engine/syntax-tree.js'

const PRIMITIVE_TYPES = new Set(['integral_type', 'floating_point_type', 'boolean_type'])

/** Methods and variables of one name live side by side. */
export const methodName = (name: string): string => `${name}#`

export function declare(node: SyntaxNode, declarations: Declarations): void {
  const { scope, inner } = declarations
  switch (node.type) {
    case 'import_declaration':
      declareImport(node, declarations)
      break
    case 'class_declaration':
    case 'interface_declaration':
    case 'enum_declaration':
    case 'record_declaration':
    case 'annotation_type_declaration':
      scope.declare(node.get('name')?.text ?? '')
      break
    case 'type_parameter':
      scope.declare(node.namedChildren.find(({ type }) => type === 'type_identifier')?.text ?? '')
      break
    case 'method_declaration':
      scope.declare(methodName(node.get('name')?.text ?? ''))
      break
    case 'local_variable_declaration':
    case 'field_declaration':
      for (const variable of node.all('declarator')) {
        declareVariable(variable.get('name'), node.get('type'), variable.get('value'), scope)
      }
      break
    case 'formal_parameter':
    case 'resource':
      declareVariable(node.get('name'), node.get('type'), node.get('value'), scope)
      break
    case 'enhanced_for_statement':
      declareVariable(node.get('name'), node.get('type'), undefined, inner)
      break
    case 'spread_parameter':
      declareVariable(
        node.childOfType('variable_declarator')?.get('name'),
        node.namedChildren[0],
        undefined,
        scope,
      )
      break
    case 'catch_formal_parameter':
      scope.declare(node.get('name')?.text ?? '')
      break
    case 'instanceof_expression':
      declareVariable(node.get('name'), node.get('right'), undefined, scope)
      break
    case 'type_pattern':
      declareVariable(node.namedChildren[1], node.namedChildren[0], undefined, scope)
      break
    case 'lambda_expression':
      declareLambda(node.get('parameters'), inner)
      break
    default:
  }
}

function declareImport(node: SyntaxNode, { scope, addImport }: Declarations): void {
  const path = node.childOfType('scoped_identifier', 'identifier')?.text.replaceAll(/\s/g, '') ?? ''
  addImport(path, node)
  if (node.childOfType('asterisk')) {
    scope.wildcards.push(path)
    return
  }
  const name = path.slice(path.lastIndexOf('.') + 1)
  scope.declare(name, { kind: 'import', path })
  if (node.childOfType('static')) scope.declare(methodName(name), { kind: 'import', path })
}

function declareVariable(
  name: SyntaxNode | undefined,
  type: SyntaxNode | undefined,
  value: SyntaxNode | undefined,
  scope: Scope,
): void {
  if (!name) return
  const isInferred = type?.text === 'var'
  const isObject = type !== undefined && !isInferred && !PRIMITIVE_TYPES.has(type.type)
  scope.declare(name.text, isObject ? { kind: 'instance', type } : OWN)
  if (value) scope.declare(name.text, { kind: 'value', value })
}

function declareLambda(parameters: SyntaxNode | undefined, scope: Scope): void {
  if (parameters?.type === 'identifier') scope.declare(parameters.text)
  else if (parameters?.type === 'inferred_parameters') {
    for (const parameter of parameters.namedChildren) scope.declare(parameter.text)
  }
}
