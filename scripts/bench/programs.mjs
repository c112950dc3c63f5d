/** What is measured: each program with its right answer, and the plain commands a person would run it by. */
const NONCE = '@NONCE@'

const PRIMES_PYTHON = `def primes(n):
    sieve = bytearray([1]) * (n + 1)
    count = 0
    for i in range(2, n + 1):
        if sieve[i]:
            count += 1
            for j in range(i * i, n + 1, i):
                sieve[j] = 0
    return count


print(primes(1500000), "${NONCE}")
`

/** `bare` are the stages of the same work by hand, in /box of the same image; the file is `file`. */
export const PROGRAMS = [
  {
    name: 'Bash hello',
    language: 'bash',
    file: 'main.sh',
    code: `echo "${NONCE}"\n`,
    bare: [['bash', 'main.sh']],
  },
  {
    name: 'Python hello',
    language: 'python',
    file: 'main.py',
    code: `print("${NONCE}")\n`,
    bare: [['python3', 'main.py']],
  },
  {
    name: 'JavaScript hello',
    language: 'javascript',
    file: 'main.js',
    code: `console.log("${NONCE}")\n`,
    bare: [['node', 'main.js']],
  },
  {
    name: 'Ruby hello',
    language: 'ruby',
    file: 'main.rb',
    code: `puts "${NONCE}"\n`,
    bare: [['ruby', 'main.rb']],
  },
  {
    name: 'C hello',
    language: 'c',
    file: 'main.c',
    code: `#include <stdio.h>\nint main(void) { puts("${NONCE}"); }\n`,
    bare: [['gcc', '-O2', '-o', '/out/program', 'main.c'], ['/out/program']],
  },
  {
    name: 'C++ hello',
    language: 'cpp',
    file: 'main.cpp',
    code: `#include <iostream>\nint main() { std::cout << "${NONCE}\\n"; }\n`,
    bare: [['g++', '-std=c++20', '-O2', '-o', '/out/program', 'main.cpp'], ['/out/program']],
  },
  {
    name: 'Java hello',
    language: 'java',
    file: 'Main.java',
    code: `public class Main { public static void main(String[] args) { System.out.println("${NONCE}"); } }\n`,
    bare: [['java', 'Main.java']],
  },
  {
    name: 'Python primes',
    language: 'python',
    file: 'main.py',
    code: PRIMES_PYTHON,
    expected: (nonce) => `114155 ${nonce}\n`,
    bare: [['python3', 'main.py']],
    heavy: true,
  },
  {
    name: 'Python 1 MB out',
    language: 'python',
    file: 'main.py',
    code: `import sys\nsys.stdout.write("${NONCE}" + "x" * (1_000_000 - len("${NONCE}")))\n`,
    expected: (nonce) => nonce + 'x'.repeat(1_000_000 - nonce.length),
    bare: [['python3', 'main.py']],
  },
]

/** A program that no cache has seen, and what it must print. */
export function instance(program) {
  const nonce = `n${process.hrtime.bigint()}`
  const code = program.code.replaceAll(NONCE, nonce)
  return { code, expected: program.expected ? program.expected(nonce) : `${nonce}\n` }
}
