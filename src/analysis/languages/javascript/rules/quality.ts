import type { Rule } from '../../../engine/rule.js'

const EQUALITY = { type: ['==', '===', '!=', '!=='] } as const
const NAN = {
  type: ['identifier', 'member_expression'],
  resolves: ['global.NaN', 'global.Number.NaN'],
} as const
const FRESH_OBJECT = { type: ['array', 'object', 'function_expression', 'arrow_function', 'regex'] } as const
const TYPE_NAMES = /^(undefined|object|boolean|number|bigint|string|symbol|function|unknown)$/
const TYPEOF = { type: 'unary_expression', fields: { operator: { type: 'typeof' } } } as const

export const quality: readonly Rule[] = [
  {
    id: 'js/compare-nan',
    category: 'quality',
    severity: 'low',
    message: 'NaN equals nothing, not even itself, so this is always the same. Ask `Number.isNaN(x)`.',
    match: [{ syntax: { type: 'binary_expression', fields: { operator: EQUALITY }, child: NAN } }],
    finds: ['if (x === NaN) f()', 'x != Number.NaN', 'console.log(NaN == y)'],
    ignores: ['Number.isNaN(x)', 'const x = NaN', 'x === Infinity', 'const NaN2 = 1\nx === NaN2', 'x || NaN'],
  },
  {
    id: 'js/typeof-unknown-name',
    category: 'quality',
    severity: 'low',
    message: '`typeof` never gives this text, so the comparison is always the same. Is a letter wrong?',
    match: [
      {
        syntax: {
          type: 'binary_expression',
          fields: { operator: EQUALITY },
          child: TYPEOF,
          all: [{ child: { type: 'string', not: { string: TYPE_NAMES } } }],
        },
      },
    ],
    finds: ['if (typeof x === "undefned") f()', 'typeof y == "array"', '"Function" !== typeof f'],
    ignores: [
      'typeof x === "undefined"',
      'typeof x === typeof y',
      'kind === "array"',
      'typeof x === "bigint"',
    ],
  },
  {
    id: 'js/assignment-in-condition',
    category: 'quality',
    severity: 'low',
    message: 'This `=` assigns; the condition is then the value assigned, always the same. Was `===` meant?',
    match: [
      {
        syntax: {
          type: 'assignment_expression',
          fields: { right: { type: ['number', 'string', 'true', 'false', 'null', 'undefined'] } },
          parent: {
            type: 'parenthesized_expression',
            parent: { type: ['if_statement', 'while_statement', 'do_statement'] },
          },
        },
      },
    ],
    finds: ['if (x = 5) f()', 'while (done = false) {}', 'if (name = "Ann") {}'],
    ignores: [
      'if (x === 5) f()',
      'while ((m = re.exec(s))) {}',
      'if (x) y = 5',
      'for (i = 0; i < 3; i++) {}',
      'x = 5',
    ],
  },
  {
    id: 'js/compare-fresh-object',
    category: 'quality',
    severity: 'low',
    message:
      'A new array or object equals nothing but itself, so this is always the same. Compare what they hold.',
    match: [{ syntax: { type: 'binary_expression', fields: { operator: EQUALITY }, child: FRESH_OBJECT } }],
    finds: ['if (items === []) f()', 'x == {}', 'y !== [1, 2]'],
    ignores: ['items.length === 0', 'a === b', 'x = []', 'x ?? []', 'x in {}'],
  },
  {
    id: 'js/unused-comparison',
    category: 'quality',
    severity: 'low',
    message: 'This compares and then forgets the answer. Was `=` meant?',
    match: [
      {
        syntax: {
          type: 'expression_statement',
          nth: { 0: { type: 'binary_expression', fields: { operator: EQUALITY } } },
        },
      },
    ],
    finds: ['x === 3', 'function f() { total == 0; }', 'a != b;'],
    ignores: ['x = 3', 'const y = x === 3', 'check(x === 3)', 'x === 3 && f()', 'a + b'],
  },
]
