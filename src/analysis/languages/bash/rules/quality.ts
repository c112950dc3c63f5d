import type { Rule } from '../../../engine/rule.js'

const SINGLE_BRACKETS = { type: 'test_command', child: { type: '[' } } as const

export const quality: readonly Rule[] = [
  {
    id: 'bash/for-in-ls',
    category: 'quality',
    severity: 'low',
    message: 'The output of `ls` falls apart at every space in a name. Write `for f in *; do`.',
    match: [
      {
        syntax: {
          type: 'for_statement',
          child: { type: 'command_substitution', has: { type: 'command', fields: { name: { text: 'ls' } } } },
        },
      },
    ],
    finds: [
      'for f in $(ls); do echo "$f"; done',
      'for f in `ls *.txt`; do echo "$f"; done',
      'for f in $(ls -1 dir); do echo "$f"; done',
    ],
    ignores: [
      'for f in *.txt; do echo "$f"; done',
      'for i in $(seq 3); do echo "$i"; done',
      'ls',
      'for f in "$@"; do ls "$f"; done',
    ],
  },
  {
    id: 'bash/test-of-unquoted',
    category: 'quality',
    severity: 'low',
    message:
      'Without quotes an empty variable vanishes, and `[ -n ]` is true. Write `[ -n "$x" ]`, or `[[ -n $x ]]`.',
    match: [
      {
        syntax: {
          type: 'unary_expression',
          parent: SINGLE_BRACKETS,
          fields: { operator: { text: /^-[nz]$/ } },
          child: { type: ['simple_expansion', 'expansion'] },
        },
      },
    ],
    finds: ['[ -n $x ] && echo yes', 'if [ -z ${name} ]; then echo none; fi'],
    ignores: ['[ -n "$x" ] && echo yes', '[[ -n $x ]] && echo yes', '[ -f $x ]', '[ -z "${name}" ]'],
  },
  {
    id: 'bash/compare-by-redirect',
    category: 'quality',
    severity: 'low',
    message:
      'Inside `[ ]` this writes to, or reads from, a file of that name. For numbers use `-gt` and `-lt`, for texts `[[ a > b ]]`.',
    match: [
      {
        syntax: {
          type: 'binary_expression',
          parent: SINGLE_BRACKETS,
          fields: { operator: { type: ['<', '>'] } },
        },
      },
    ],
    finds: ['[ "$a" > "$b" ] && echo more', 'if [ $x < 5 ]; then echo less; fi'],
    ignores: ['[ "$a" -gt "$b" ]', '[[ $a > $b ]]', '(( a > b ))', '[ "$a" = "$b" ] > log'],
  },
  {
    id: 'bash/spaces-around-equals',
    category: 'quality',
    severity: 'low',
    message: 'With spaces this runs a command called like the variable. An assignment has none: `x=5`.',
    match: [
      {
        syntax: {
          type: 'command',
          fields: { argument: { text: '=' }, name: { nth: { 0: { type: 'word', text: /^[A-Za-z_]\w*$/ } } } },
        },
      },
    ],
    finds: ['x = 5', 'name = "Ann"\necho "$name"'],
    ignores: ['x=5', '[ "$x" = 5 ]', 'test "$x" = 5', 'expr 1 = 1', 'let "x = 5"'],
  },
]
