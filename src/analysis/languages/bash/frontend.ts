/** Reads Bash: commands under the names they run as, through `sudo`, `env`, `find -exec`, paths and variables. */
import type { Expression } from '../../engine/expression.js'
import type { LanguageFrontend } from '../../engine/frontend.js'
import type { Declarations } from '../../engine/scopes.js'
import { OWN } from '../../engine/scopes.js'
import type { SyntaxNode } from '../../engine/syntax-tree.js'
import { bashLoops } from './loops.js'
import { stringValue } from './strings.js'

/** Commands that run the command in their arguments. */
const WRAPPERS = new Set([
  'builtin',
  'busybox',
  'command',
  'coproc',
  'doas',
  'env',
  'exec',
  'nice',
  'nohup',
  'setsid',
  'stdbuf',
  'sudo',
  'time',
  'timeout',
  'watch',
  'xargs',
])

export const bashFrontend: LanguageFrontend = {
  scopes: {},
  declare,
  expression,
  stringValue,
  // `$x` and `x` are a variable and a command.
  undeclared: (name) => (name.startsWith('$') ? [] : [`command.${name}`]),
  classScopesAreVisible: true,
  notUses: [],
  argumentLists: [],
  loops: bashLoops,
}

function declare(node: SyntaxNode, { scope }: Declarations): void {
  if (node.type === 'function_definition') scope.declare(node.get('name')?.text ?? '')
  if (node.type === 'variable_assignment') {
    const value = node.get('value')
    scope.declare(`$${node.get('name')?.text ?? ''}`, value ? { kind: 'value', value } : OWN)
  }
}

function expression(node: SyntaxNode): Expression | undefined {
  switch (node.type) {
    case 'command': {
      const callee = node.get('name')
      return callee && { kind: 'call', callee, args: node.all('argument') }
    }
    case 'command_name':
    case 'array': {
      const [first] = node.namedChildren
      return first && { kind: 'same', node: first }
    }
    case 'simple_expansion':
    case 'expansion': {
      const name = variableName(node)
      return name === undefined ? undefined : { kind: 'name', name: `$${name}` }
    }
    case 'word':
    case 'string':
    case 'raw_string':
    case 'concatenation':
      return commandWord(node)
    default:
      return undefined
  }
}

/** A word that names a command: in the place of one, after a wrapper, or kept in a variable for later. */
function commandWord(node: SyntaxNode): Expression | undefined {
  const isName = /^(command_name|variable_assignment|array)$/.test(node.parent?.type ?? '')
  const isWrapped = isWrappedCommand(node)
  if (!isName && !isWrapped) return undefined
  const [only, ...others] = node.namedChildren
  if (node.type === 'string' && only && others.length === 0 && only.type.endsWith('expansion')) {
    return { kind: 'same', node: only }
  }
  const text = stringValue(node)
  if (text === undefined) return undefined
  const name: Expression = { kind: 'name', name: text.slice(text.lastIndexOf('/') + 1) }
  return isWrapped ? { kind: 'call', callee: name, args: [] } : name
}

function isWrappedCommand(node: SyntaxNode): boolean {
  if (node.parent?.type !== 'command' || node.field !== 'argument') return false
  const args = node.parent.all('argument')
  const before = args[args.indexOf(node) - 1]?.text
  if (before === '-exec' || before === '-execdir' || before === '-ok') return true
  const wrapper = node.parent.get('name')?.text ?? ''
  // `command -v curl` only asks where it is.
  if (!WRAPPERS.has(wrapper) || (wrapper === 'command' && /^-[vV]$/.test(args[0]?.text ?? ''))) return false
  // Options, variables and durations are the wrapper's own; the next word is a command, perhaps a wrapper too.
  for (const arg of args) {
    if (arg.type === 'number' || /^(-|\w+=|\d+[smh]?$)/.test(arg.text)) continue
    if (arg === node || !WRAPPERS.has(arg.text)) return arg === node
  }
  return false
}

function variableName(node: SyntaxNode): string | undefined {
  const [inner] = node.namedChildren
  return inner?.type === 'subscript' ? inner.get('name')?.text : inner?.text
}
