import type { Rule } from '../../../engine/rule.js'

export const waiting: readonly Rule[] = [
  {
    id: 'python/infinite-loop',
    category: 'infinite-loop',
    severity: 'medium',
    message:
      'Nothing in this loop can end it: no `break`, `return`, exception or exit. It will run until the time limit.',
    match: [{ endlessLoops: true }],
    finds: [
      'while True:\n    pass',
      'while 1:\n    for x in range(3):\n        break',
      'while (True):\n    def f():\n        return 1',
      'while not False:\n    print(1)',
      'while True:\n    try:\n        raise ValueError\n    except ValueError:\n        pass',
      'import time\ntry:\n    while True:\n        time.sleep(1)\nexcept KeyboardInterrupt:\n    pass',
    ],
    ignores: [
      'while True:\n    break',
      'while True:\n    if x:\n        break\n    x += 1',
      'def f():\n    while True:\n        return 1',
      'def numbers():\n    n = 0\n    while True:\n        yield n\n        n += 1',
      'import sys\nwhile True:\n    sys.exit()',
      'while x:\n    pass',
      'while True:\n    raise StopIteration',
      'try:\n    while True:\n        next(items)\nexcept StopIteration:\n    pass',
      'def menu():\n    if choice == "q":\n        exit()\nwhile True:\n    menu()',
      'import asyncio\nasync def poll():\n    while True:\n        await asyncio.sleep(1)',
      'while 0:\n    pass',
    ],
  },
  {
    id: 'python/blocking-input',
    category: 'blocking-input',
    severity: 'low',
    message:
      '`{name}` waits for input. Send it along as stdin; when there is none, the program ends with `EOFError` or an empty line.',
    match: [
      {
        calls: [
          'builtins.input',
          'builtins.raw_input',
          'getpass.getpass',
          'fileinput.input',
          'fileinput.FileInput',
        ],
      },
      { calls: ['sys.stdin.read*', 'sys.stdin.buffer.read*', 'sys.stdin.__next__'] },
      {
        syntax: { type: 'for_statement', fields: { right: { resolves: ['sys.stdin', 'sys.stdin.buffer'] } } },
      },
    ],
    finds: [
      'name = input("Name? ")',
      'import sys\ndata = sys.stdin.read()',
      'from sys import stdin\nlines = stdin.readlines()',
      'import sys\nread = sys.stdin.readline\nn = int(read())',
      'import sys\nfor line in sys.stdin:\n    print(line)',
      'a, b = map(int, input().split())',
      'import getpass\ngetpass.getpass()',
    ],
    ignores: [
      'def input(text):\n    return "x"\nprint(input("?"))',
      'import sys\nprint("x", file=sys.stderr)\nsys.stdout.write("y")',
      'form.input("name")',
      'with open("x") as f:\n    f.read()',
      'def area(input):\n    return input(1)',
      'import sys\ninput = iter(["1"]).__next__\nprint(input())',
    ],
  },
]
