import type { Rule } from '../../../engine/rule.js'

const EQUALITY = { type: ['==', '!='] } as const

export const quality: readonly Rule[] = [
  {
    id: 'ruby/compare-nan',
    category: 'quality',
    severity: 'low',
    message: 'NaN equals nothing, not even itself, so this is always the same. Ask `x.nan?`.',
    match: [
      {
        syntax: {
          type: 'binary',
          fields: { operator: EQUALITY },
          child: { type: 'scope_resolution', resolves: ['Float.NAN'] },
        },
      },
    ],
    finds: ['puts x == Float::NAN', 'y if Float::NAN != x'],
    ignores: ['x.nan?', 'x = Float::NAN', 'x == Float::INFINITY', 'Game::NAN == x'],
  },
  {
    id: 'ruby/assignment-in-condition',
    category: 'quality',
    severity: 'low',
    message: 'This `=` assigns; the condition is then the value assigned, always the same. Was `==` meant?',
    match: [
      {
        syntax: {
          type: 'assignment',
          fields: {
            right: { type: ['integer', 'float', 'string', 'true', 'false', 'nil', 'simple_symbol'] },
          },
          any: [
            {
              parent: {
                type: ['if', 'unless', 'while', 'until', 'elsif'],
                fields: { condition: { type: 'assignment' } },
              },
            },
            {
              parent: {
                type: ['if_modifier', 'unless_modifier', 'while_modifier', 'until_modifier'],
                fields: { condition: { type: 'assignment' }, body: { not: { type: 'assignment' } } },
              },
            },
          ],
        },
      },
    ],
    finds: ['if x = 5\n  puts 1\nend', 'puts 1 unless name = "Ann"', 'while done = false\n  x\nend'],
    ignores: [
      'if x == 5\n  puts 1\nend',
      'while line = gets\n  puts line\nend',
      'x = 5 if y',
      'if (m = /a/.match(s))\n  puts m\nend',
      'if ok\n  x = 5\nend',
    ],
  },
  {
    id: 'ruby/rescue-everything',
    category: 'quality',
    severity: 'low',
    message:
      '`Exception` is also what `exit` and Ctrl-C raise, so this keeps the program from ending. Rescue `StandardError`.',
    match: [
      {
        syntax: { type: 'rescue', fields: { exceptions: { has: { type: 'constant', text: 'Exception' } } } },
      },
    ],
    finds: ['begin\n  f\nrescue Exception => e\n  puts e\nend', 'def g\n  f\nrescue Exception\n  nil\nend'],
    ignores: [
      'begin\n  f\nrescue StandardError => e\n  puts e\nend',
      'begin\n  f\nrescue => e\n  puts e\nend',
      'raise Exception, "x"',
      'begin\n  f\nrescue MyException\nend',
    ],
  },
]
