import type { LoopSyntax } from '../../engine/frontend.js'

const ALWAYS = new Set(['true', ':', '[ 1 ]', '[[ 1 ]]', '((1))', '(( 1 ))'])

export const bashLoops: LoopSyntax = {
  endlessBody(node) {
    if (node.type === 'c_style_for_statement') return node.get('condition') ? undefined : node.get('body')
    if (node.type !== 'while_statement') return undefined
    const [condition, ...others] = node.all('condition')
    if (!condition || others.length > 0) return undefined
    const isUntil = node.children[0]?.type === 'until'
    const isEndless = isUntil ? condition.text === 'false' : ALWAYS.has(condition.text)
    return isEndless ? node.get('body') : undefined
  },
  breakTargets: ['while_statement', 'for_statement', 'c_style_for_statement'],
  breaks: [],
  isBreak: (node) => node.type === 'command' && node.get('name')?.text === 'break',
  breakLevels: (node) => Number(node.get('argument')?.text ?? 1) || 1,
  leaves: [],
  throws: [],
  boundaries: ['function_definition'],
  exits: ['command.exit', 'command.return', 'command.exec', 'command.kill'],
  // `while …; done &` runs beside the script, which ends it or leaves it to the sandbox.
  endedFromOutside(loop) {
    const statement = loop.parent?.type === 'subshell' ? loop.parent : loop
    const siblings = statement.parent?.children ?? []
    return siblings[siblings.indexOf(statement) + 1]?.type === '&'
  },
}
