import type { Rule } from '../../../engine/rule.js'

export const quality: readonly Rule[] = [
  {
    id: 'go/compare-nan',
    category: 'quality',
    severity: 'low',
    message: 'NaN equals nothing, not even itself, so this is always the same. Ask `math.IsNaN(x)`.',
    match: [
      {
        syntax: {
          type: 'binary_expression',
          fields: { operator: { type: ['==', '!='] } },
          child: { type: 'call_expression', fields: { function: { resolves: ['math.NaN'] } } },
        },
      },
    ],
    finds: [
      'package main\nimport "math"\nfunc f(x float64) bool { return x == math.NaN() }',
      'package main\nimport m "math"\nfunc f(x float64) bool { return m.NaN() != x }',
    ],
    ignores: [
      'package main\nimport "math"\nfunc f(x float64) bool { return math.IsNaN(x) }',
      'package main\nimport "math"\nfunc f(x float64) bool { return x == math.Inf(1) }',
      'package main\nfunc NaN() float64 { return 0 }\nfunc f(x float64) bool { return x == NaN() }',
    ],
  },
  {
    id: 'go/defer-in-loop',
    category: 'quality',
    severity: 'low',
    message:
      '`defer` waits for the function to end, not the loop: everything stays open until then. Move the body into a function.',
    match: [
      {
        syntax: {
          type: 'defer_statement',
          // The nearest function or loop around it is a loop.
          parent: {
            type: 'statement_list',
            parent: {
              type: 'block',
              parent: {
                any: [
                  { type: 'for_statement' },
                  {
                    type: 'if_statement',
                    parent: {
                      type: 'statement_list',
                      parent: { type: 'block', parent: { type: 'for_statement' } },
                    },
                  },
                ],
              },
            },
          },
        },
      },
    ],
    finds: [
      'package main\nimport "os"\nfunc f(names []string) { for _, n := range names { f, _ := os.Open(n); defer f.Close() } }',
      'package main\nfunc f(ok bool) { for i := 0; i < 3; i++ { if ok { defer println(i) } } }',
    ],
    ignores: [
      'package main\nimport "os"\nfunc f() { f, _ := os.Open("x"); defer f.Close() }',
      'package main\nfunc f() { for i := 0; i < 3; i++ { func() { defer println(i) }() } }',
      'package main\nimport "sync"\nfunc f(w *sync.WaitGroup) { for i := 0; i < 3; i++ { go func() { defer w.Done() }() } }',
    ],
  },
  {
    id: 'go/unsafe',
    category: 'quality',
    severity: 'low',
    message: '`{name}` goes around the type system: the program may break with any new version of Go.',
    match: [{ mentions: ['unsafe.Pointer'] }, { calls: ['unsafe.Slice*', 'unsafe.String*', 'unsafe.Add'] }],
    finds: [
      'package main\nimport "unsafe"\nfunc f(x *int) *float64 { return (*float64)(unsafe.Pointer(x)) }',
      'package main\nimport "unsafe"\nfunc f(p *byte) string { return unsafe.String(p, 3) }',
    ],
    ignores: [
      'package main\nimport "unsafe"\nfunc main() { println(unsafe.Sizeof(1)) }',
      'package main\ntype Pointer int\nfunc f(unsafe struct{ Pointer int }) int { return unsafe.Pointer }',
      'package main\nfunc f(x *int) int { return *x }',
    ],
  },
]
