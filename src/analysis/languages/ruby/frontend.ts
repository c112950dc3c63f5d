/** Reads Ruby: bare names that may be calls, constants, and methods called through `send`, `method` and `alias`. */
import type { Expression, Value } from '../../engine/expression.js'
import type { LanguageFrontend } from '../../engine/frontend.js'
import { scopeOf } from '../../engine/scopes.js'
import type { SyntaxNode } from '../../engine/syntax-tree.js'
import { declare } from './declarations.js'
import { rubyLoops } from './loops.js'
import { stringValue } from './strings.js'

const SENDERS = new Set(['send', '__send__', 'public_send'])
const METHOD_GETTERS = new Set(['method', 'public_method', 'instance_method'])

export const rubyFrontend: LanguageFrontend = {
  scopes: {
    method: 'function',
    singleton_method: 'function',
    class: 'class',
    module: 'class',
    singleton_class: 'class',
    block: 'block',
    do_block: 'block',
    lambda: 'block',
  },
  declare,
  expression,
  stringValue,
  undeclared(name) {
    if (name.startsWith('$')) return [name]
    if (name.startsWith('@')) return []
    return [/^[A-Z]/.test(name) ? name : `Kernel.${name}`]
  },
  normalize: (path) =>
    path
      .replaceAll('[]', '')
      .replace(/\.call$/, '')
      .replace(/^Object\.(?=[A-Z])/, ''),
  classScopesAreVisible: true,
  notUses: ['alias', 'undef'],
  argumentLists: ['argument_list', 'block_argument'],
  loops: rubyLoops,
}

function expression(node: SyntaxNode): Expression | undefined {
  switch (node.type) {
    case 'identifier':
      return bareName(node)
    case 'constant':
      return ['method', 'name'].includes(node.field ?? '') ? undefined : { kind: 'name', name: node.text }
    case 'global_variable':
    case 'instance_variable':
    case 'class_variable':
      return { kind: 'name', name: node.text }
    case 'scope_resolution':
      return scoped(node)
    case 'call':
      return call(node)
    case 'element_reference': {
      const of = node.get('object')
      return of && { kind: 'element', of }
    }
    case 'conditional':
      return { kind: 'either', nodes: [...node.all('consequence'), ...node.all('alternative')] }
    case 'binary': {
      const isChoice = ['||', '&&', 'or', 'and'].includes(node.get('operator')?.type ?? '')
      return isChoice ? { kind: 'either', nodes: node.namedChildren } : undefined
    }
    case 'parenthesized_statements': {
      const last = node.namedChildren.at(-1)
      return last && { kind: 'same', node: last }
    }
    case 'assignment': {
      const right = node.get('right')
      return right && { kind: 'same', node: right }
    }
    default:
      return undefined
  }
}

/** A name alone is a variable where one is known, else a call without arguments. */
function bareName(node: SyntaxNode): Expression | undefined {
  if (['method', 'name', 'alias'].includes(node.field ?? '') && node.parent?.type !== 'scope_resolution')
    return undefined
  const name: Expression = { kind: 'name', name: node.text }
  return scopeOf(node)?.declaring(node.text) ? name : { kind: 'call', callee: name, args: [] }
}

function scoped(node: SyntaxNode): Expression | undefined {
  const name = node.get('name')?.text ?? ''
  const object = node.get('scope')
  return object ? { kind: 'member', object, property: name } : { kind: 'path', path: name }
}

function call(node: SyntaxNode): Expression | undefined {
  const receiver = node.get('receiver')
  const method = node.get('method')
  const args = node.get('arguments')?.namedChildren ?? []
  const end = method?.end ?? receiver?.end ?? node.end
  const name = method?.text ?? 'call'
  const first = args[0] && stringValue(args[0])
  if (first !== undefined && SENDERS.has(name)) {
    return { kind: 'call', callee: methodOf(receiver, first, end), args: args.slice(1) }
  }
  if (first !== undefined && METHOD_GETTERS.has(name))
    return { kind: 'same', node: methodOf(receiver, first, end) }
  return { kind: 'call', callee: methodOf(receiver, name, end), args }
}

function methodOf(receiver: SyntaxNode | undefined, name: string, end: number): Value {
  if (!receiver || receiver.type === 'self') return { kind: 'name', name, end }
  return { kind: 'member', object: receiver, property: name, end }
}
