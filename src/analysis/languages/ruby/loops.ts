import type { LoopSyntax } from '../../engine/frontend.js'
import type { SyntaxNode } from '../../engine/syntax-tree.js'

/** Objects whose block runs only as long as somebody asks, or ends with the program. */
const RUN_FROM_OUTSIDE = new Set(['Enumerator', 'Enumerator::Lazy', 'Fiber', 'Thread', 'Ractor'])

export const rubyLoops: LoopSyntax = {
  endlessBody(node) {
    switch (node.type) {
      case 'while':
      case 'while_modifier':
        return /^(true|integer)$/.test(node.get('condition')?.type ?? '') ? node.get('body') : undefined
      case 'until':
      case 'until_modifier':
        return /^(false|nil)$/.test(node.get('condition')?.type ?? '') ? node.get('body') : undefined
      case 'call':
        return node.get('method')?.text === 'loop' && !node.get('receiver') ? node.get('block') : undefined
      default:
        return undefined
    }
  },
  breakTargets: ['while', 'until', 'for', 'block', 'do_block', 'while_modifier', 'until_modifier'],
  breaks: ['break'],
  leaves: ['return', 'yield'],
  throws: [],
  throwCalls: ['Kernel.raise', 'Kernel.fail'],
  boundaries: ['method', 'singleton_method', 'class', 'module', 'lambda'],
  catches: (node) => node.type === 'rescue_modifier' || node.children.some(isHandlerOfErrors),
  exits: [
    'Kernel.exit',
    'Kernel.exit!',
    'Kernel.abort',
    'Kernel.throw',
    'Kernel.exec',
    'Process.exit',
    'Process.exit!',
    'Thread.exit',
    'Fiber.yield',
  ],
  // They raise StopIteration at the end, which ends `loop`.
  exitMethods: ['next', 'peek'],
  endedFromOutside(loop) {
    for (let node = loop.parent; node && node.type !== 'method'; node = node.parent) {
      const isRun = node.type === 'call' && node.get('block') !== undefined
      if (isRun && RUN_FROM_OUTSIDE.has(node.get('receiver')?.text ?? '')) return true
    }
    return false
  },
}

/** `rescue Interrupt` waits for a person at the keyboard; nothing in the loop raises it. */
function isHandlerOfErrors(node: SyntaxNode): boolean {
  return node.type === 'rescue' && node.get('exceptions')?.text !== 'Interrupt'
}
