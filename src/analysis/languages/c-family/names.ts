import type { SyntaxNode } from '../../engine/syntax-tree.js'

const NAMES = new Set([
  'identifier',
  'field_identifier',
  'type_identifier',
  'namespace_identifier',
  'destructor_name',
  'operator_name',
])

/** Parts of the name that a declarator or a qualified name gives: `['A', 'run']` for `int *A::run(int)`. */
export function nameParts(node: SyntaxNode | undefined): string[] {
  if (!node) return []
  if (NAMES.has(node.type)) return [node.text]
  switch (node.type) {
    case 'qualified_identifier': {
      const scope = node.get('scope')
      // `::system` begins with an empty part.
      return [...(scope ? nameParts(scope) : ['']), ...nameParts(node.get('name'))]
    }
    case 'nested_namespace_specifier':
      return node.namedChildren.flatMap(nameParts)
    case 'template_type':
    case 'template_function':
      return nameParts(node.get('name'))
    case 'array_declarator':
    case 'function_declarator':
    case 'init_declarator':
    case 'pointer_declarator':
      return nameParts(node.get('declarator'))
    case 'reference_declarator':
    case 'parenthesized_declarator':
    case 'attributed_declarator':
      return nameParts(node.namedChildren[0])
    default:
      return []
  }
}
