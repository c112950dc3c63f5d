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

const CPP_HEAVY = `#include <bits/stdc++.h>
using namespace std;

int main() {
    vector<int> numbers{5, 3, 8, 1};
    map<string, vector<int>> groups;
    ranges::sort(numbers);
    for (int number : numbers) groups[number % 2 ? "odd" : "even"].push_back(number);
    regex word("n[0-9]+");
    string nonce = "${NONCE}";
    for (int number : numbers) cout << number << ' ';
    cout << (regex_match(nonce, word) ? nonce : "") << '\\n';
}
`

const JAVA_HEAVY = `import java.util.*;
import java.util.stream.*;

interface Part { int value(); }
${Array.from(
  { length: 40 },
  (_, index) => `record Part${index}(int value) implements Part {
    static Part make() { return new Part${index}(Stream.of("a", "b").map(String::length).reduce(${index - 2}, Integer::sum)); }
}`,
).join('\n')}

public class Main {
    public static void main(String[] args) {
        List<Part> parts = List.of(${Array.from({ length: 40 }, (_, index) => `Part${index}.make()`).join(', ')});
        System.out.println(parts.stream().collect(Collectors.summingInt(Part::value)) + " ${NONCE}");
    }
}
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
    name: 'Go hello',
    language: 'go',
    file: 'main.go',
    code: `package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("${NONCE}") }\n`,
    bare: [
      ['env', 'GOCACHE=/opt/go-cache', 'go', 'build', '-o', '/out/program', 'main.go'],
      ['/out/program'],
    ],
  },
  {
    name: 'TypeScript hello',
    language: 'typescript',
    file: 'main.ts',
    code: `const text: string = "${NONCE}"\nconsole.log(text)\n`,
    bare: [
      ['esbuild', '--log-level=warning', '--outfile=/out/main.js', 'main.ts'],
      ['node', '/out/main.js'],
    ],
  },
  {
    name: 'C++ bits/stdc++.h',
    language: 'cpp',
    file: 'main.cpp',
    code: CPP_HEAVY,
    expected: (nonce) => `1 3 5 8 ${nonce}\n`,
    bare: [['g++', '-std=c++20', '-O2', '-o', '/out/program', 'main.cpp'], ['/out/program']],
    heavy: true,
  },
  {
    name: 'Java 40 classes',
    language: 'java',
    file: 'Main.java',
    code: JAVA_HEAVY,
    expected: (nonce) => `780 ${nonce}\n`,
    bare: [
      ['javac', '-d', '/out', 'Main.java'],
      ['java', '-cp', '/out', 'Main'],
    ],
    heavy: true,
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
    name: 'C primes',
    language: 'c',
    file: 'main.c',
    code: `#include <stdio.h>
#include <string.h>
static char sieve[20000001];
int main(void) {
    int count = 0;
    memset(sieve, 1, sizeof sieve);
    for (long i = 2; i <= 20000000; i++) {
        if (!sieve[i]) continue;
        count++;
        for (long j = i * i; j <= 20000000; j += i) sieve[j] = 0;
    }
    printf("%d ${NONCE}\\n", count);
}
`,
    expected: (nonce) => `1270607 ${nonce}\n`,
    bare: [['gcc', '-O2', '-o', '/out/program', 'main.c'], ['/out/program']],
    heavy: true,
  },
  {
    name: 'Python 1 MB echo',
    language: 'python',
    file: 'main.py',
    stdin: 'x'.repeat(1_000_000),
    code: `import sys\nsys.stdout.write("${NONCE}" + sys.stdin.read())\n`,
    expected: (nonce) => nonce + 'x'.repeat(1_000_000),
    bare: [['python3', 'main.py']],
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
