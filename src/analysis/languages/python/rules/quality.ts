import type { Rule } from '../../../engine/rule.js'

const EQUALITY = { type: ['==', '!='] } as const
const NOT_A_NUMBER = {
  any: [
    { type: 'call', resolves: ['builtins.float()'], has: { type: 'string', text: /^['"][+-]?nan['"]$/i } },
    { type: ['attribute', 'identifier'], resolves: ['math.nan', 'numpy.nan', 'numpy.NaN', 'cmath.nan'] },
  ],
} as const

export const quality: readonly Rule[] = [
  {
    id: 'python/compare-none',
    category: 'quality',
    severity: 'low',
    message:
      'Compare with `None` by `is` or `is not`: `==` asks the other object, which may answer anything.',
    match: [{ syntax: { type: 'comparison_operator', child: { type: 'none' }, all: [{ child: EQUALITY }] } }],
    finds: ['if x == None:\n    pass', 'print(x != None)', 'while None == node:\n    break'],
    ignores: ['if x is None:\n    pass', 'f(x, y=None)', 'if x == "None":\n    pass', 'def f(x=None): ...'],
  },
  {
    id: 'python/compare-nan',
    category: 'quality',
    severity: 'low',
    message: 'NaN equals nothing, not even itself, so this is always the same. Ask `math.isnan(x)`.',
    match: [{ syntax: { type: 'comparison_operator', child: NOT_A_NUMBER, all: [{ child: EQUALITY }] } }],
    finds: [
      'x == float("nan")',
      'import math\nprint(x != math.nan)',
      'from numpy import nan\nif nan == x:\n    pass',
    ],
    ignores: [
      'import math\nmath.isnan(x)',
      'x == float("inf")',
      'x = float("nan")',
      'nan = 3\nprint(x == nan)',
    ],
  },
  {
    id: 'python/is-literal',
    category: 'quality',
    severity: 'low',
    message:
      '`is` asks whether two names mean the same object; for numbers and texts that is luck. Use `==`.',
    match: [
      {
        syntax: {
          type: 'comparison_operator',
          child: { type: ['integer', 'float', 'string', 'list', 'dictionary', 'tuple'] },
          all: [{ child: { type: ['is', 'is not'] } }],
        },
      },
    ],
    finds: ['if x is 3:\n    pass', 'print(name is "Ann")', 'print(x is not 0.5)', 'if x is []:\n    pass'],
    ignores: ['if x is None:\n    pass', 'x is True', 'x == 3', 'a is b', 'a is not b'],
  },
  {
    id: 'python/mutable-default',
    category: 'quality',
    severity: 'low',
    message:
      'This default is made once and shared by all calls: what one call adds, the next one sees. Use `None` and make it inside.',
    match: [
      {
        syntax: {
          type: ['default_parameter', 'typed_default_parameter'],
          inside: { type: 'parameters' },
          fields: { value: { type: ['list', 'dictionary', 'set', 'list_comprehension'] } },
        },
      },
    ],
    finds: [
      'def add(item, items=[]):\n    items.append(item)',
      'def f(cache: dict = {}): ...',
      'def g(*, seen={1}): ...',
    ],
    ignores: ['def f(items=None): ...', 'def f(point=(0, 0)): ...', 'f(items=[])', 'f = lambda n, c={}: c'],
  },
  {
    id: 'python/unused-comparison',
    category: 'quality',
    severity: 'low',
    message: 'This compares and then forgets the answer. Was `=` meant, or an `assert`?',
    match: [
      {
        syntax: {
          type: 'expression_statement',
          count: { max: 1 },
          nth: { 0: { type: 'comparison_operator' } },
        },
      },
    ],
    finds: ['x == 3', 'def f():\n    a < b', 'total == total + 1'],
    ignores: ['x = 3', 'assert x == 3', 'y = x == 3', 'check(x == 3)', 'def f(x):\n    return x == 3'],
  },
  {
    id: 'python/assert-tuple',
    category: 'quality',
    severity: 'low',
    message:
      'An `assert` of a tuple in parentheses never fails, because a tuple with elements is true. Drop the parentheses.',
    match: [
      { syntax: { type: 'assert_statement', nth: { 0: { type: 'tuple', count: { min: 1 } }, 1: null } } },
    ],
    finds: ['assert (x == 1, "x must be one")', 'assert (a, b)'],
    ignores: [
      'assert x == 1, "x must be one"',
      'assert (x == 1)',
      'assert (1, 2) == pair',
      'assert (a, b), "message"',
    ],
  },
]
