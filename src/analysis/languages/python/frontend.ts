/** Reads Python: imports, assignments and scopes as the language defines them. */
import type { Expression } from '../../engine/expression.js'
import type { LanguageFrontend } from '../../engine/frontend.js'
import type { SyntaxNode } from '../../engine/syntax-tree.js'
import { declare } from './declarations.js'
import { pythonLoops } from './loops.js'
import { stringValue } from './strings.js'

export const pythonFrontend: LanguageFrontend = {
  scopes: {
    function_definition: 'function',
    lambda: 'function',
    class_definition: 'class',
    list_comprehension: 'block',
    set_comprehension: 'block',
    dictionary_comprehension: 'block',
    generator_expression: 'block',
  },
  declare,
  expression,
  stringValue,
  undeclared: (name) => [name === '__builtins__' ? 'builtins' : `builtins.${name}`],
  evaluate,
  classScopesAreVisible: false,
  notUses: ['import_statement', 'import_from_statement', 'type'],
  argumentLists: ['argument_list', 'keyword_argument'],
  loops: pythonLoops,
}

function expression(node: SyntaxNode): Expression | undefined {
  switch (node.type) {
    case 'identifier':
      return node.field === 'attribute' || node.field === 'name'
        ? undefined
        : { kind: 'name', name: node.text }
    case 'attribute': {
      const object = node.get('object')
      return object && { kind: 'member', object, property: node.get('attribute')?.text ?? '' }
    }
    case 'subscript':
      return subscript(node)
    case 'call': {
      const callee = node.get('function')
      return callee && { kind: 'call', callee, args: argumentsOf(node) }
    }
    case 'binary_operator': {
      // `Path("a") / "b"` is a Path.
      const left = node.get('left')
      return left && node.get('operator')?.type === '/' ? { kind: 'same', node: left } : undefined
    }
    case 'boolean_operator':
      return { kind: 'either', nodes: node.namedChildren }
    case 'conditional_expression':
      return { kind: 'either', nodes: node.namedChildren.filter((_, index) => index !== 1) }
    case 'parenthesized_expression':
    case 'await':
    case 'type': {
      const [only] = node.namedChildren
      return only && { kind: 'same', node: only }
    }
    case 'named_expression': {
      const value = node.get('value')
      return value && { kind: 'same', node: value }
    }
    case 'string': {
      // A type in quotes: `p: "Path"`.
      const name = node.parent?.type === 'type' ? stringValue(node) : undefined
      return name !== undefined && /^[\w.]+$/.test(name) ? dotted(name) : undefined
    }
    default:
      return undefined
  }
}

function subscript(node: SyntaxNode): Expression | undefined {
  const object = node.get('value')
  const key = node.get('subscript')
  if (!object || !key) return undefined
  const property = stringValue(key)
  return property === undefined ? { kind: 'element', of: object } : { kind: 'member', object, property }
}

function argumentsOf(call: SyntaxNode): readonly SyntaxNode[] {
  return call.get('arguments')?.namedChildren ?? []
}

/** Calls that give a module or function by its name. */
function evaluate(path: string, args: readonly SyntaxNode[]): Expression | undefined {
  const [first, second] = args
  if (!first) return undefined
  switch (path) {
    case 'builtins.__import__':
    case 'importlib.import_module': {
      const module = stringValue(first)
      return module === undefined ? undefined : { kind: 'path', path: module }
    }
    case 'builtins.getattr': {
      const property = second && stringValue(second)
      return property === undefined ? undefined : { kind: 'member', object: first, property }
    }
    case 'builtins.globals':
    case 'builtins.vars':
      return { kind: 'same', node: first }
    case 'functools.partial':
    case 'builtins.staticmethod':
      return { kind: 'same', node: first }
    default:
      return undefined
  }
}

function dotted(path: string): Expression {
  const [first = '', ...rest] = path.split('.')
  let value: Expression = { kind: 'name', name: first }
  for (const property of rest) value = { kind: 'member', object: value, property }
  return value
}
