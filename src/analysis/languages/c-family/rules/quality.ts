import type { Rule } from '../../../engine/rule.js'
import { library } from './library.js'

const EQUALITY = { type: ['==', '!='] } as const
const UNBOUNDED = /%l?(s|\[)/

export const quality: readonly Rule[] = [
  {
    id: 'c/gets',
    category: 'quality',
    severity: 'low',
    message:
      '`gets` cannot know how much room there is and writes past the end; C removed it in 2011. Use `fgets`.',
    match: [{ calls: library('gets') }],
    finds: [
      '#include <stdio.h>\nint main(void) { char b[8]; gets(b); }',
      'char *gets(char *);\nint main(void) { char b[8]; return gets(b) == 0; }',
    ],
    ignores: [
      '#include <stdio.h>\nint main(void) { char b[8]; fgets(b, 8, stdin); }',
      'char *gets(char *s) { return s; }\nint main(void) { char b[8]; gets(b); }',
      'struct S { void (*gets)(int); };\nint main(void) { struct S s; s.gets(1); }',
    ],
  },
  {
    id: 'c/scanf-without-width',
    category: 'quality',
    severity: 'low',
    message:
      '`%s` without a width writes past the end of the array when a word is longer. Say how much fits: `%79s` for 80.',
    match: [
      { calls: library('scanf'), where: { fields: { arguments: { nth: { 0: { string: UNBOUNDED } } } } } },
      {
        calls: library('fscanf', 'sscanf'),
        where: { fields: { arguments: { nth: { 1: { string: UNBOUNDED } } } } },
      },
    ],
    finds: [
      '#include <stdio.h>\nint main(void) { char w[8]; scanf("%s", w); }',
      '#include <stdio.h>\nint main(void) { char w[8]; int n; sscanf("x", "%d %s", &n, w); }',
      '#include <stdio.h>\nint main(void) { char w[8]; scanf("%[a-z]", w); }',
    ],
    ignores: [
      '#include <stdio.h>\nint main(void) { char w[8]; scanf("%7s", w); }',
      '#include <stdio.h>\nint main(void) { int n; scanf("%d", &n); }',
      '#include <stdio.h>\nint main(void) { printf("%s", "x"); }',
    ],
  },
  {
    id: 'c/format-not-literal',
    category: 'quality',
    severity: 'low',
    message:
      'A text that holds `%n` or `%s` makes this read and write memory at will. Print it with `printf("%s", text)`.',
    match: [
      {
        calls: library('printf'),
        where: {
          fields: {
            arguments: {
              count: { max: 1 },
              nth: { 0: { type: ['identifier', 'subscript_expression', 'field_expression'] } },
            },
          },
        },
      },
    ],
    finds: [
      '#include <stdio.h>\nint main(int argc, char **argv) { printf(argv[1]); }',
      '#include <stdio.h>\nvoid f(const char *text) { printf(text); }',
    ],
    ignores: [
      '#include <stdio.h>\nint main(void) { printf("x\\n"); }',
      '#include <stdio.h>\nvoid f(const char *text) { printf("%s", text); }',
      'void printf(int x) {}\nint main(void) { int x = 1; printf(x); }',
    ],
  },
  {
    id: 'c/assignment-in-condition',
    category: 'quality',
    severity: 'low',
    message: 'This `=` assigns; the condition is then the value assigned, always the same. Was `==` meant?',
    match: [
      {
        syntax: {
          type: 'assignment_expression',
          fields: {
            operator: { type: '=' },
            right: { type: ['number_literal', 'char_literal', 'true', 'false', 'null'] },
          },
          parent: {
            type: ['parenthesized_expression', 'condition_clause'],
            parent: { type: ['if_statement', 'while_statement', 'do_statement'] },
          },
        },
      },
    ],
    finds: ['int main(void) { int x = 1; if (x = 5) return 1; }', "int f(char c) { while (c = 'x') ; }"],
    ignores: [
      'int main(void) { int x = 1; if (x == 5) return 1; }',
      '#include <stdio.h>\nint main(void) { int c; while ((c = getchar()) != EOF) ; }',
      'int main(void) { int x; for (x = 0; x < 3; x++) ; }',
      'int f(int *p, int *q) { if (p = q) return 1; return 0; }',
    ],
  },
  {
    id: 'c/compare-nan',
    category: 'quality',
    severity: 'low',
    message: 'NaN equals nothing, not even itself, so this is always the same. Ask `isnan(x)`.',
    match: [
      {
        syntax: {
          type: 'binary_expression',
          fields: { operator: EQUALITY },
          child: { type: 'identifier', resolves: ['NAN'] },
        },
      },
    ],
    finds: [
      '#include <math.h>\nint f(double x) { return x == NAN; }',
      '#include <math.h>\nint f(double x) { return NAN != x; }',
    ],
    ignores: [
      '#include <math.h>\nint f(double x) { return isnan(x); }',
      '#include <math.h>\nint f(double x) { return x == INFINITY; }',
      'int f(int NAN, int x) { return x == NAN; }',
    ],
  },
]

/** In C++ these compare what they say. */
export const cOnlyQuality: readonly Rule[] = [
  {
    id: 'c/compare-strings',
    category: 'quality',
    severity: 'low',
    message: '`==` compares where two texts are, not what they say. Use `strcmp(a, b) == 0`.',
    match: [
      {
        syntax: {
          type: 'binary_expression',
          fields: { operator: EQUALITY },
          child: { type: 'string_literal' },
        },
      },
    ],
    finds: [
      'int f(const char *s) { return s == "x"; }',
      'int f(char *s) { if ("yes" != s) return 1; return 0; }',
    ],
    ignores: [
      '#include <string.h>\nint f(const char *s) { return strcmp(s, "x") == 0; }',
      "int f(const char *s) { return s[0] == 'x'; }",
      'const char *f(void) { return "x"; }',
    ],
  },
]
