/** Reads JavaScript and TypeScript: modules of both kinds, destructuring, hoisting. */
import type { Expression } from '../../engine/expression.js'
import type { LanguageFrontend } from '../../engine/frontend.js'
import type { SyntaxNode } from '../../engine/syntax-tree.js'
import { declare } from './declarations.js'
import { javascriptLoops } from './loops.js'
import { stringValue } from './strings.js'

const GLOBAL_OBJECTS = new Set(['globalThis', 'global', 'window', 'self'])

/** Calls that give the module they name. */
const MODULE_LOADERS = new Set([
  'global.require',
  'global.module.require',
  'global.process.mainModule.require',
  'global.process.getBuiltinModule',
  'module.createRequire()',
])

export const javascriptFrontend: LanguageFrontend = {
  scopes: {
    function_declaration: 'function',
    function_expression: 'function',
    generator_function: 'function',
    generator_function_declaration: 'function',
    arrow_function: 'function',
    method_definition: 'function',
    class_static_block: 'function',
    statement_block: 'block',
    switch_body: 'block',
    for_statement: 'block',
    for_in_statement: 'block',
    catch_clause: 'block',
  },
  declare,
  expression,
  stringValue,
  undeclared: (name) => [GLOBAL_OBJECTS.has(name) ? 'global' : `global.${name}`],
  evaluate,
  normalize,
  classScopesAreVisible: false,
  notUses: [
    'import_statement',
    'export_clause',
    'type_annotation',
    'type_arguments',
    'type_parameters',
    'interface_declaration',
    'type_alias_declaration',
    'ambient_declaration',
  ],
  argumentLists: ['arguments'],
  loops: javascriptLoops,
}

function expression(node: SyntaxNode): Expression | undefined {
  switch (node.type) {
    case 'identifier':
    case 'shorthand_property_identifier':
      return { kind: 'name', name: node.text }
    case 'member_expression': {
      const object = node.get('object')
      return object && { kind: 'member', object, property: node.get('property')?.text ?? '' }
    }
    case 'subscript_expression':
      return subscript(node)
    case 'call_expression':
      return call(node)
    case 'new_expression': {
      const callee = node.get('constructor')
      return callee && { kind: 'call', callee, args: node.get('arguments')?.namedChildren ?? [] }
    }
    case 'parenthesized_expression':
    case 'sequence_expression':
    case 'type_assertion':
      return sameAs(node.namedChildren.at(-1))
    case 'await_expression':
    case 'as_expression':
    case 'satisfies_expression':
    case 'non_null_expression':
      return sameAs(node.namedChildren[0])
    case 'assignment_expression':
      return sameAs(node.get('right'))
    case 'ternary_expression':
      return { kind: 'either', nodes: [...node.all('consequence'), ...node.all('alternative')] }
    case 'binary_expression': {
      const isChoice = ['||', '&&', '??'].includes(node.get('operator')?.type ?? '')
      return isChoice ? { kind: 'either', nodes: node.namedChildren } : undefined
    }
    default:
      return undefined
  }
}

function sameAs(node: SyntaxNode | undefined): Expression | undefined {
  return node && { kind: 'same', node }
}

function subscript(node: SyntaxNode): Expression | undefined {
  const object = node.get('object')
  const index = node.get('index')
  if (!object || !index) return undefined
  const property = stringValue(index)
  return property === undefined ? { kind: 'element', of: object } : { kind: 'member', object, property }
}

function call(node: SyntaxNode): Expression | undefined {
  const callee = node.get('function')
  if (!callee) return undefined
  const list = node.get('arguments')
  const args = list?.type === 'arguments' ? list.namedChildren : []
  if (callee.type !== 'import') return { kind: 'call', callee, args }
  const module = args[0] && stringValue(args[0])
  if (module !== undefined) return { kind: 'path', path: module }
  return { kind: 'call', callee: { kind: 'path', path: 'import' }, args }
}

function evaluate(path: string, args: readonly SyntaxNode[]): Expression | undefined {
  const [first, second] = args
  if (!first) return undefined
  if (MODULE_LOADERS.has(path)) {
    const module = stringValue(first)
    return module === undefined ? undefined : { kind: 'path', path: module }
  }
  if (path === 'util.promisify') return { kind: 'same', node: first }
  if (path === 'global.Reflect.get' && second) {
    const property = stringValue(second)
    return property === undefined ? undefined : { kind: 'member', object: first, property }
  }
  return undefined
}

/** `node:fs` is `fs`; the default export of a CommonJS module is the module; `f.call(…)` calls `f`. */
function normalize(path: string): string {
  return path
    .replace(/^node:/, '')
    .replace(/^global(?:\.(?:globalThis|global|window|self))+(?=\.|$)/, 'global')
    .replaceAll(/\.default(?=[.(]|$)/g, '')
    .replace(/(?:\.bind\(\)|\.call|\.apply)$/, '')
}
