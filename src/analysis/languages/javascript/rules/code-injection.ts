import type { Rule } from '../../../engine/rule.js'

export const codeInjection: readonly Rule[] = [
  {
    id: 'js/eval',
    category: 'code-injection',
    severity: 'critical',
    message:
      '`{name}` runs whatever JavaScript its text holds. For data use `JSON.parse`, for choices a table of functions.',
    match: [{ calls: ['global.eval', 'global.execScript'] }],
    finds: [
      'eval("1 + 1")',
      'globalThis.eval(text)',
      'window["eval"](text)',
      '(0, eval)("x = 1")',
      'const run = eval\nrun("1")',
      'eval.call(null, "1")',
      'const { eval: e } = globalThis\ne("1")',
      'const total = ["1"].map(eval)',
      'class A { eval(x) { return eval(x) } }',
      'const f = process.env.X ? eval : String\nf("1")',
    ],
    ignores: [
      'function eval2(x) { return x }\neval2("1")',
      'const calc = { eval(x) { return x } }\ncalc.eval("1")',
      'import { eval as evaluate } from "./calc.js"\nevaluate("1")',
      'function run(evaluate) { return evaluate(1) }',
      'const text = "eval(1)" // eval(2)',
      'math.evaluate("1 + 1")',
      'var evaluator = { eval: 1 }',
    ],
  },
  {
    id: 'js/function-constructor',
    category: 'code-injection',
    severity: 'critical',
    message:
      '`Function` makes a function of text, so it is `eval` under another name. Write the function, or a table of them.',
    match: [
      {
        calls: [
          'global.Function',
          '**.constructor.constructor',
          'global.Object.getPrototypeOf().constructor',
        ],
      },
      {
        syntax: {
          type: 'call_expression',
          fields: {
            function: {
              type: 'member_expression',
              fields: {
                property: { text: 'constructor' },
                object: {
                  type: [
                    'parenthesized_expression',
                    'member_expression',
                    'function_expression',
                    'arrow_function',
                  ],
                  any: [
                    { type: 'member_expression', fields: { property: { text: 'constructor' } } },
                    { nth: { 0: { type: ['function_expression', 'arrow_function'] } } },
                  ],
                },
              },
            },
          },
        },
      },
    ],
    finds: [
      'const add = new Function("a", "b", "return a + b")',
      'Function("return 1")()',
      'globalThis.Function("return this")()',
      '[].constructor.constructor("return 1")()',
      '(function () {}).constructor("return 1")()',
      'const F = Function\nnew F("return 1")',
    ],
    ignores: [
      'const isFunction = (x) => x instanceof Function',
      'function Function2() {}\nnew Function2()',
      'class A { clone() { return new this.constructor(this) } }',
      'const f = function () { return 1 }\nf()',
      'class Function { }\nnew Function("x")',
    ],
  },
  {
    id: 'js/timer-with-text',
    category: 'code-injection',
    severity: 'critical',
    message: '`{name}` with a text runs that text as code. Hand it a function: `setTimeout(() => …, ms)`.',
    match: [
      {
        calls: ['global.setTimeout', 'global.setInterval', 'global.setImmediate'],
        where: { fields: { arguments: { nth: { 0: { type: ['string', 'template_string'] } } } } },
      },
    ],
    finds: ['setTimeout("alert(1)", 100)', 'setInterval(`tick(${n})`, 10)', 'window.setTimeout("x()", 1)'],
    ignores: [
      'setTimeout(() => console.log("x"), 100)',
      'setTimeout(tick, 100, "x")',
      'function setTimeout(text) {}\nsetTimeout("x")',
      'timer.setTimeout("x")',
    ],
  },
  {
    id: 'js/vm',
    category: 'code-injection',
    severity: 'critical',
    message:
      '`{name}` compiles text into code. The `vm` module is no sandbox: such code can leave its context.',
    match: [
      {
        calls: [
          'vm.runIn*',
          'vm.Script',
          'vm.SourceTextModule',
          'vm.compileFunction',
          'vm2.VM',
          'vm2.NodeVM',
          'global.WebAssembly.compile*',
          'global.process.binding',
          'global.process._linkedBinding',
        ],
      },
    ],
    finds: [
      'const vm = require("node:vm")\nvm.runInNewContext("1")',
      'import { Script } from "vm"\nnew Script("1").runInThisContext()',
      'import * as v from "node:vm"\nv.compileFunction("return 1")',
      'process.binding("spawn_sync")',
    ],
    ignores: [
      'const vm = { runInNewContext() {} }\nvm.runInNewContext("1")',
      'import vm from "./vm.js"\nvm.runInNewContext("1")',
      'class Script {}\nnew Script("x")',
    ],
  },
]
