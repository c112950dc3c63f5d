/** Names that Ruby declares: variables, methods, constants. */
import type { Declarations, Definition, Scope } from '../../engine/scopes.js'
import { OWN } from '../../engine/scopes.js'
import type { SyntaxNode } from '../../engine/syntax-tree.js'
import { stringValue } from './strings.js'

/** Opening one of these again adds to it; what it could do before it still can. */
const CORE = new Set([
  'BasicObject',
  'Dir',
  'File',
  'FileUtils',
  'IO',
  'Kernel',
  'Marshal',
  'Object',
  'Process',
  'String',
])

export function declare(node: SyntaxNode, declarations: Declarations): void {
  const { scope, inner } = declarations
  switch (node.type) {
    case 'method':
    case 'singleton_method':
      scope.declare(node.get('name')?.text ?? '')
      break
    case 'class':
    case 'module': {
      const name = node.get('name')?.text ?? ''
      if (!CORE.has(name)) scope.declare(name)
      break
    }
    case 'method_parameters':
    case 'block_parameters':
    case 'lambda_parameters':
    case 'destructured_parameter':
      for (const parameter of node.namedChildren) {
        const name = parameter.get('name') ?? parameter
        if (name.type === 'identifier') scope.declare(name.text)
      }
      break
    case 'assignment':
    case 'operator_assignment':
      assign(node.get('left'), node.get('right'), scope)
      break
    case 'exception_variable':
      bind(node.namedChildren[0], OWN, scope)
      break
    case 'for':
      bind(node.get('pattern'), OWN, scope)
      break
    case 'alias':
      declareAlias(node.get('name')?.text, node.get('alias')?.text, inner)
      break
    case 'call':
      declareByCall(node, declarations)
      break
    default:
  }
}

function assign(target: SyntaxNode | undefined, value: SyntaxNode | undefined, scope: Scope): void {
  if (target?.type !== 'left_assignment_list') {
    bind(target, value ? { kind: 'value', value } : OWN, scope)
    return
  }
  const targets = target.namedChildren
  const values = value?.type === 'right_assignment_list' ? value.namedChildren : []
  for (const [index, part] of targets.entries()) {
    const partValue = values.length === targets.length ? values[index] : undefined
    bind(part, partValue ? { kind: 'value', value: partValue } : OWN, scope)
  }
}

function bind(target: SyntaxNode | undefined, definition: Definition, scope: Scope): void {
  if (!target) return
  switch (target.type) {
    case 'identifier':
    case 'constant':
    case 'global_variable':
      scope.declare(target.text, definition)
      break
    case 'instance_variable':
    case 'class_variable':
      scope.nearest('class', 'module').declare(target.text, definition)
      break
    case 'left_assignment_list':
    case 'destructured_left_assignment':
      for (const part of target.namedChildren) bind(part, OWN, scope)
      break
    default:
  }
}

/** `alias run system` may be written with symbols too. */
function methodName(text: string): string {
  return text.replace(/^:/, '')
}

function declareAlias(name: string | undefined, meaning: string | undefined, scope: Scope): void {
  if (name === undefined || meaning === undefined) return
  scope.declare(methodName(name), { kind: 'value', value: { kind: 'name', name: methodName(meaning) } })
}

/** Calls that declare: `require`, `attr_accessor :x`, `define_method(:x)`, `alias_method :a, :b`. */
function declareByCall(node: SyntaxNode, { scope, addImport }: Declarations): void {
  if (node.get('receiver')) return
  const args = node.get('arguments')?.namedChildren ?? []
  const names = args.map(stringValue)
  switch (node.get('method')?.text ?? '') {
    case 'require':
      if (names[0] !== undefined) addImport(names[0], node)
      break
    case 'alias_method':
      declareAlias(names[0], names[1], scope)
      break
    case 'attr_reader':
    case 'attr_writer':
    case 'attr_accessor':
    case 'define_method':
    case 'def_delegators':
      for (const name of names) if (name !== undefined) scope.declare(name)
      break
    default:
  }
}
