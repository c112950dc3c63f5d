import type { Rule } from '../../../engine/rule.js'

const EQUALITY = { type: ['==', '!='] } as const

export const quality: readonly Rule[] = [
  {
    id: 'java/compare-strings',
    category: 'quality',
    severity: 'low',
    message: '`==` asks whether two texts are the same object; equal texts often are not. Use `equals`.',
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
      'class A { boolean f(String s) { return s == "x"; } }',
      'class A { void f(String s) { if ("a" != s) { } } }',
      'class A { boolean f(String s) { return s.trim() == ""; } }',
    ],
    ignores: [
      'class A { boolean f(String s) { return s.equals("x"); } }',
      "class A { boolean f(char c) { return c == 'x'; } }",
      'class A { boolean f(String s) { return s == null; } }',
      'class A { String f(String s) { return s + "x"; } }',
    ],
  },
  {
    id: 'java/compare-nan',
    category: 'quality',
    severity: 'low',
    message: 'NaN equals nothing, not even itself, so this is always the same. Ask `Double.isNaN(x)`.',
    match: [
      {
        syntax: {
          type: 'binary_expression',
          fields: { operator: EQUALITY },
          child: { type: 'field_access', resolves: ['java.lang.Double.NaN', 'java.lang.Float.NaN'] },
        },
      },
    ],
    finds: [
      'class A { boolean f(double x) { return x == Double.NaN; } }',
      'class A { boolean f(float x) { return Float.NaN != x; } }',
    ],
    ignores: [
      'class A { boolean f(double x) { return Double.isNaN(x); } }',
      'class A { double x = Double.NaN; }',
      'class A { boolean f(double x) { return x == Double.MAX_VALUE; } }',
    ],
  },
  {
    id: 'java/empty-catch',
    category: 'quality',
    severity: 'low',
    message:
      'This swallows the exception without a trace. Handle it, let it go on, or say in a comment why it does not matter.',
    match: [{ syntax: { type: 'catch_clause', fields: { body: { text: /^\{\s*\}$/ } } } }],
    finds: [
      'class A { void f() { try { g(); } catch (RuntimeException e) { } } void g() {} }',
      'class A { void f() { try { g(); } catch (IllegalStateException | IllegalArgumentException e) {} } void g() {} }',
    ],
    ignores: [
      'class A { void f() { try { g(); } catch (RuntimeException e) { throw e; } } void g() {} }',
      'class A { void f() { try { g(); } catch (RuntimeException e) { /* the end of input */ } } void g() {} }',
      'class A { void f() { try { g(); } finally { } } void g() {} }',
    ],
  },
  {
    id: 'java/decimal-of-double',
    category: 'quality',
    severity: 'low',
    message:
      '`new BigDecimal(0.1)` is 0.1000000000000000055…, because the double already was. Give it a text: `new BigDecimal("0.1")`.',
    match: [
      {
        syntax: {
          type: 'object_creation_expression',
          fields: {
            type: { resolves: ['java.math.BigDecimal'] },
            arguments: { nth: { 0: { type: 'decimal_floating_point_literal' } } },
          },
        },
      },
    ],
    finds: [
      'import java.math.BigDecimal; class A { BigDecimal d = new BigDecimal(0.1); }',
      'import java.math.*; class A { Object d = new BigDecimal(1.5e3); }',
    ],
    ignores: [
      'import java.math.BigDecimal; class A { BigDecimal d = new BigDecimal("0.1"); }',
      'import java.math.BigDecimal; class A { BigDecimal d = new BigDecimal(3); }',
      'class BigDecimal { BigDecimal(double d) {} } class A { BigDecimal d = new BigDecimal(0.1); }',
    ],
  },
]
