import { describe, expect, it } from 'vitest'

import { parseDiagnostics } from './parse-diagnostics.js'

const cases: { name: string; paths: string[]; text: string; expected: unknown[] }[] = [
  {
    name: 'g++ with an included header and a warning',
    paths: ['main.cpp', 'lib/shape.hpp'],
    text: `In file included from main.cpp:1:
lib/shape.hpp:4:10: error: 'strng' in namespace 'std' does not name a type
    4 |     std::strng name;
      |          ^~~~~
main.cpp: In function 'int main()':
main.cpp:5:7: warning: unused variable 'x' [-Wunused-variable]
main.cpp:9:1: note: declared here`,
    expected: [
      ['error', 'lib/shape.hpp', 4, 10, "'strng' in namespace 'std' does not name a type"],
      ['warning', 'main.cpp', 5, 7, "unused variable 'x' [-Wunused-variable]"],
      ['info', 'main.cpp', 9, 1, 'declared here'],
    ],
  },
  {
    name: 'gcc in colours, as it prints to a terminal',
    paths: ['main.c'],
    text: `\u001B[01m\u001B[Kmain.c:3:3:\u001B[m\u001B[K \u001B[01;31m\u001B[Kfatal error: \u001B[m\u001B[Kno such file\r\n`,
    expected: [['error', 'main.c', 3, 3, 'no such file']],
  },
  {
    name: 'javac with the column from its caret',
    paths: ['src/Main.java'],
    text: `/box/src/Main.java:3: error: ';' expected
        int x = 1
                 ^
1 error`,
    expected: [['error', 'src/Main.java', 3, 18, "';' expected"]],
  },
  {
    name: 'a Java exception through the library',
    paths: ['Main.java'],
    text: `Exception in thread "main" java.lang.NumberFormatException: For input string: "x"
	at java.base/java.lang.Integer.parseInt(Integer.java:652)
	at Main.read(Main.java:8)
	at Main.main(Main.java:3)`,
    expected: [['error', 'Main.java', 8, 1, 'java.lang.NumberFormatException: For input string: "x"']],
  },
  {
    name: 'go build',
    paths: ['main.go'],
    text: `# command-line-arguments
./main.go:5:2: undefined: fmt.Printn
main.go:7:2: declared and not used: x`,
    expected: [
      ['error', 'main.go', 5, 2, 'undefined: fmt.Printn'],
      ['error', 'main.go', 7, 2, 'declared and not used: x'],
    ],
  },
  {
    name: 'a Go panic',
    paths: ['main.go'],
    text: `panic: runtime error: index out of range [5] with length 3

goroutine 1 [running]:
main.main()
	/box/main.go:6 +0x1d
exit status 2`,
    expected: [['error', 'main.go', 6, 1, 'panic: runtime error: index out of range [5] with length 3']],
  },
  {
    name: 'a Python traceback over two files',
    paths: ['main.py', 'util/text.py'],
    text: `Traceback (most recent call last):
  File "/box/main.py", line 4, in <module>
    print(shout(None))
          ~~~~~^^^^^^
  File "/box/util/text.py", line 2, in shout
    return word.upper()
           ^^^^^^^^^^
AttributeError: 'NoneType' object has no attribute 'upper'`,
    expected: [
      [
        'info',
        'main.py',
        4,
        7,
        "Called from here: AttributeError: 'NoneType' object has no attribute 'upper'",
      ],
      ['error', 'util/text.py', 2, 8, "AttributeError: 'NoneType' object has no attribute 'upper'"],
    ],
  },
  {
    name: 'a Python syntax error',
    paths: ['main.py'],
    text: `  File "/box/main.py", line 1
    print("hi"
         ^
SyntaxError: '(' was never closed`,
    expected: [['error', 'main.py', 1, 6, "SyntaxError: '(' was never closed"]],
  },
  {
    name: 'a Python error below the library, after colours',
    paths: ['main.py'],
    text: `Traceback (most recent call last):
  File \u001B[35m"/box/main.py"\u001B[0m, line \u001B[35m2\u001B[0m, in \u001B[35m<module>\u001B[0m
    json.loads("{")
  File "/usr/lib/python3.13/json/__init__.py", line 346, in loads
    return _default_decoder.decode(s)
json.decoder.JSONDecodeError: Expecting property name`,
    expected: [['error', 'main.py', 2, 1, 'json.decoder.JSONDecodeError: Expecting property name']],
  },
  {
    name: 'an uncaught error in Node',
    paths: ['main.js'],
    text: `/box/main.js:3
  return left.name
              ^

TypeError: Cannot read properties of undefined (reading 'name')
    at pick (/box/main.js:3:15)
    at Object.<anonymous> (/box/main.js:6:1)
    at node:internal/main/run_main_module:28:49`,
    expected: [
      ['error', 'main.js', 3, 15, "TypeError: Cannot read properties of undefined (reading 'name')"],
    ],
  },
  {
    name: 'a syntax error in a Node module',
    paths: ['main.mjs'],
    text: `file:///box/main.mjs:2
const = 3
      ^

SyntaxError: Unexpected token '='`,
    expected: [['error', 'main.mjs', 2, 7, "SyntaxError: Unexpected token '='"]],
  },
  {
    name: 'tsc in both of its forms',
    paths: ['main.ts'],
    text: `main.ts(3,5): error TS2322: Type 'string' is not assignable to type 'number'.
main.ts:9:1 - error TS2304: Cannot find name 'x'.`,
    expected: [
      ['error', 'main.ts', 3, 5, "TS2322: Type 'string' is not assignable to type 'number'."],
      ['error', 'main.ts', 9, 1, "TS2304: Cannot find name 'x'."],
    ],
  },
  {
    name: 'esbuild and rustc, which say the place after the message',
    paths: ['main.ts', 'src/main.rs'],
    text: `✘ [ERROR] Expected ";" but found "x"

    main.ts:3:7:
error[E0425]: cannot find value \`y\` in this scope
 --> src/main.rs:2:20
  |`,
    expected: [
      ['error', 'main.ts', 3, 7, 'Expected ";" but found "x"'],
      ['error', 'src/main.rs', 2, 20, 'error[E0425]: cannot find value `y` in this scope'],
    ],
  },
  {
    name: 'Ruby at run time and at parse time',
    paths: ['main.rb'],
    text: `main.rb:3:in 'Integer#/': divided by 0 (ZeroDivisionError)
	from main.rb:3:in '<main>'
/box/main.rb:7: syntax error found (SyntaxError)`,
    expected: [
      ['error', 'main.rb', 3, 1, 'divided by 0 (ZeroDivisionError)'],
      ['error', 'main.rb', 7, 1, 'syntax error found (SyntaxError)'],
    ],
  },
  {
    name: 'bash, Lua, Perl and PHP',
    paths: ['main.sh', 'main.lua', 'main.pl', 'main.php'],
    text: `main.sh: line 3: foo: command not found
lua: main.lua:4: attempt to call a nil value
Illegal division by zero at main.pl line 5.
PHP Warning:  Undefined variable $x in /box/main.php on line 6`,
    expected: [
      ['error', 'main.sh', 3, 1, 'foo: command not found'],
      ['error', 'main.lua', 4, 1, 'attempt to call a nil value'],
      ['error', 'main.pl', 5, 1, 'Illegal division by zero'],
      ['warning', 'main.php', 6, 1, 'PHP Warning:  Undefined variable $x'],
    ],
  },
]

describe('places in what compilers and run times print', () => {
  it.each(cases)('$name', ({ paths, text, expected }) => {
    const found = parseDiagnostics(text, paths).map((item) => [
      item.severity,
      item.file,
      item.line,
      item.column,
      item.message,
    ])
    expect(found).toEqual(expected)
  })

  it('ignores places that are in none of the files, and ordinary output', () => {
    const text = '/usr/include/stdio.h:3:1: error: oops\n12:30:05: error: a log line\nresult: 3:4\n'
    expect(parseDiagnostics(text, ['main.c'])).toEqual([])
  })

  it('says a repeated message once and stops at a bound', () => {
    const repeated = 'main.c:1:1: error: again\n'.repeat(50)
    expect(parseDiagnostics(repeated, ['main.c'])).toHaveLength(1)
    const many = Array.from({ length: 500 }, (_, n) => `main.c:${n + 1}:1: error: e${n}`).join('\n')
    expect(parseDiagnostics(many, ['main.c'])).toHaveLength(200)
  })

  it('does not guess between two files of one name', () => {
    expect(parseDiagnostics('Main.java:1: error: x', ['a/Main.java', 'b/Main.java'])).toEqual([])
  })
})
