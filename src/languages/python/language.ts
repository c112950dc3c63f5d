import { defineLanguage } from '../define-language.js'

export default defineLanguage({
  id: 'python',
  name: 'Python',
  aliases: ['py', 'python3', 'py3'],
  extensions: ['py'],
  monaco: 'python',
  mainFile: 'main.py',
  image: {
    packages: ['python3'],
    buildSeconds: 5,
  },
  version: { argv: ['python3', '--version'], pattern: /^Python (\d+\.\d+\.\d+)/u },
  run: { argv: ['python3', '{entry}'] },
  env: {
    // Modules are found beside the entry point, as Python does, and from the top of the work folder.
    PYTHONPATH: '/box',
    PYTHONDONTWRITEBYTECODE: '1',
  },
  warm: { kind: 'fork', looksFor: ['encodings', 'sitecustomize', 'usercustomize', '__pycache__'] },
  interactiveEnv: { PYTHONUNBUFFERED: '1' },
  libraries: [],
  samples: [
    {
      title: 'Fibonacci',
      files: {
        'main.py': `def fibonacci(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a


print(f"Fibonacci(10) = {fibonacci(10)}")
`,
      },
      expectedOutput: 'Fibonacci(10) = 55\n',
    },
    {
      title: 'Two files',
      files: {
        'main.py': `from utils import greet, total

print(greet("World"))
print("Total:", total([1, 2, 3]))
`,
        'utils.py': `def greet(name):
    return f"Hello, {name}!"


def total(numbers):
    return sum(numbers)
`,
      },
      expectedOutput: 'Hello, World!\nTotal: 6\n',
    },
    {
      title: 'Sum of the numbers on standard input',
      files: {
        'main.py': `import sys

print("Sum:", sum(int(word) for word in sys.stdin.read().split()))
`,
      },
      stdin: '3 4\n5\n',
      expectedOutput: 'Sum: 12\n',
    },
    {
      title: 'Arguments',
      files: {
        'main.py': `import sys

for number, argument in enumerate(sys.argv[1:], start=1):
    print(number, argument)
`,
      },
      args: ['one', 'two words', '--three'],
      expectedOutput: '1 one\n2 two words\n3 --three\n',
    },
    {
      title: 'Entry point and packages in folders',
      files: {
        'app/main.py': `import helper
from shapes.square import Square

print(helper.describe(Square(4)))
`,
        'app/helper.py': `def describe(shape):
    return f"{type(shape).__name__} of area {shape.area()}"
`,
        'shapes/__init__.py': '',
        'shapes/square.py': `from .base import Shape


class Square(Shape):
    def __init__(self, side):
        self.side = side

    def area(self):
        return self.side**2
`,
        'shapes/base.py': `class Shape:
    def area(self):
        raise NotImplementedError
`,
      },
      expectedOutput: 'Square of area 16\n',
    },
  ],
})
