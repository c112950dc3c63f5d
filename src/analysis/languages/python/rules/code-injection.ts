import type { Rule } from '../../../engine/rule.js'

export const codeInjection: readonly Rule[] = [
  {
    id: 'python/eval',
    category: 'code-injection',
    severity: 'critical',
    message:
      '`{name}` runs whatever Python its text holds. For data use `ast.literal_eval` or `json.loads`, for sums write out the operations you allow.',
    match: [{ calls: ['builtins.eval', 'builtins.exec', 'builtins.execfile'] }],
    finds: [
      'eval("1 + 1")',
      'exec(open("x.py").read())',
      'import builtins\nbuiltins.eval("1")',
      'run = eval\nrun("1")',
      'numbers = list(map(eval, input().split()))',
      'class Model:\n    def eval(self):\n        return eval("1")',
      '__builtins__["exec"]("x = 1")',
      'getattr(__builtins__, "eval")("1")',
      'print(eval(input()))',
    ],
    ignores: [
      'def eval(node):\n    return node\nprint(eval(3))',
      'import ast\nprint(ast.literal_eval("[1]"))',
      'model.eval()\nframe.eval("a + b")',
      'from calculator import eval\nprint(eval("1 + 1"))',
      'eval = lambda text: int(text)\nprint(eval("1"))',
      'print("eval(1)")  # eval(2)',
      'def apply(exec):\n    return exec(1)',
      'evaluate("1")',
    ],
  },
  {
    id: 'python/compile',
    category: 'code-injection',
    severity: 'critical',
    message:
      '`{name}` turns text into code that can be run. Where the text comes from a user, so does the code.',
    match: [
      {
        calls: [
          'builtins.compile',
          'code.InteractiveInterpreter().*',
          'code.InteractiveConsole().*',
          'code.interact',
        ],
      },
      { calls: ['types.FunctionType', 'types.CodeType', 'runpy.run_path', 'runpy.run_module'] },
    ],
    finds: [
      'code = compile("1 + 1", "<text>", "eval")',
      'import runpy\nrunpy.run_path("other.py")',
      'from types import FunctionType as F\nf = F(code, {})',
      'import code\ncode.InteractiveInterpreter().runsource("1")',
    ],
    ignores: [
      'import re\npattern = re.compile(r"\\d+")',
      'from re import compile\nword = compile(r"\\w+")',
      'model.compile(optimizer="adam")',
      'def compile(text):\n    return text\ncompile("x")',
    ],
  },
]
