/**
 * Rules of our own for oxlint. `no-effect-in-optional-call`: where `f` is undefined, `f?.(g())` does not call `g` either,
 * so an effect there happens only while somebody listens. Do it first, then tell: `const x = g(); f?.(x)`.
 */
const FUNCTIONS = new Set(['ArrowFunctionExpression', 'FunctionExpression'])
/** Effects wherever they stand. */
const EFFECTS = new Set(['AssignmentExpression', 'AwaitExpression', 'UpdateExpression', 'YieldExpression'])
/** What may have effects; methods of what is optional (`a?.b(g())`) take results of such too often. */
const CALLS = new Set(['CallExpression', 'ImportExpression', 'NewExpression', 'TaggedTemplateExpression'])

/** The first node below, functions' bodies apart, that may have an effect. */
function effectIn(node, isEffect) {
  if (node === null || typeof node !== 'object') return undefined
  if (Array.isArray(node)) {
    for (const item of node) {
      const found = effectIn(item, isEffect)
      if (found !== undefined) return found
    }
    return undefined
  }
  if (typeof node.type !== 'string' || FUNCTIONS.has(node.type)) return undefined
  if (isEffect(node) || (node.type === 'UnaryExpression' && node.operator === 'delete')) return node
  for (const [name, child] of Object.entries(node)) {
    const found = name === 'parent' ? undefined : effectIn(child, isEffect)
    if (found !== undefined) return found
  }
  return undefined
}

/** Whether something before the arguments may make the whole call not happen. */
function isInOptionalChain(callee) {
  for (let node = callee; node; node = node.object ?? node.callee ?? node.expression) {
    if (node.optional === true) return true
  }
  return false
}

const noEffectInOptionalCall = {
  meta: { type: 'problem' },
  create(context) {
    return {
      CallExpression(call) {
        if (!call.optional && !isInOptionalChain(call.callee)) return
        const isEffect = call.optional
          ? ({ type }) => EFFECTS.has(type) || CALLS.has(type)
          : ({ type }) => EFFECTS.has(type)
        const node = effectIn(call.arguments, isEffect)
        if (node === undefined) return
        const message =
          'This happens only where the optional call does. Do it first, and pass on what came of it.'
        context.report({ node, message })
      },
    }
  },
}

export default {
  meta: { name: 'codeexec' },
  rules: { 'no-effect-in-optional-call': noEffectInOptionalCall },
}
