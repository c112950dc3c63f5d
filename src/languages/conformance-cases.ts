/** Programs with the behaviour that their language's own tools give them. */
import type { Sample } from './define-language.js'

/** Something to run; the first file is the entry point. */
export type Program = Pick<Sample, 'files' | 'stdin' | 'args'>

export interface ConformanceCase {
  readonly languageId: string
  readonly title: string
  readonly program: Program
  readonly expected: {
    readonly stdout?: string
    readonly stderr?: RegExp
    readonly compileOutput?: RegExp
    /** 0 unless given. */
    readonly compileExitCode?: number
    /** Null where compilation fails. */
    readonly exitCode: number | null
  }
}

export const CASES: readonly ConformanceCase[] = [
  {
    languageId: 'bash',
    title: 'exits with the code of the script',
    program: { files: { 'main.sh': 'echo before\nexit 7\n' } },
    expected: { stdout: 'before\n', exitCode: 7 },
  },
  {
    languageId: 'bash',
    title: 'can write to /dev/stderr and /dev/stdout',
    program: {
      files: { 'main.sh': 'echo out > /dev/stdout; echo err > /dev/stderr; cat < /dev/stdin' },
      stdin: 'in\n',
    },
    expected: { stdout: 'out\nin\n', stderr: /^err$/mu, exitCode: 0 },
  },
  {
    languageId: 'c',
    title: 'names file and line of a mistake, and refuses the program',
    program: { files: { 'main.c': 'int main(void) {\n  return missing;\n}\n' } },
    expected: {
      compileOutput: /^main\.c:2:10: error: .missing. undeclared/mu,
      compileExitCode: 1,
      exitCode: null,
    },
  },
  {
    languageId: 'c',
    title: 'names a function that is nowhere, and where it is called',
    program: { files: { 'main.c': 'int missing(void);\nint main(void) { return missing(); }\n' } },
    expected: {
      compileOutput: /undefined symbol: missing[^]*main\.c/u,
      compileExitCode: 1,
      exitCode: null,
    },
  },
  {
    languageId: 'c',
    title: 'reports warnings without refusing the program',
    program: { files: { 'main.c': '#include <stdio.h>\nint main(void) { int unused; puts("ok"); }\n' } },
    expected: { stdout: 'ok\n', compileOutput: /^main\.c:2:22: warning: unused variable/mu, exitCode: 0 },
  },
  {
    languageId: 'c',
    title: 'finds the time zones of the system',
    program: {
      files: {
        'main.c': `#include <stdio.h>
#include <stdlib.h>
#include <time.h>
int main(void) {
  setenv("TZ", "Europe/Zurich", 1);
  time_t noon = 1720000000;
  char text[64];
  strftime(text, sizeof text, "%Y-%m-%d %H:%M %Z", localtime(&noon));
  puts(text);
}
`,
      },
    },
    expected: { stdout: '2024-07-03 11:46 CEST\n', exitCode: 0 },
  },
  {
    languageId: 'cpp',
    title: 'names file and line of a mistake, and refuses the program',
    program: { files: { 'main.cpp': '#include <iostream>\nint main() {\n  std::cout << missing;\n}\n' } },
    expected: {
      compileOutput: /^main\.cpp:3:16: error: .missing. was not declared/mu,
      compileExitCode: 1,
      exitCode: null,
    },
  },
  {
    languageId: 'cpp',
    title: 'reports warnings without refusing the program',
    program: {
      files: { 'main.cpp': '#include <iostream>\nint main() { int unused; std::cout << "ok"; }\n' },
    },
    expected: { stdout: 'ok', compileOutput: /^main\.cpp:2:18: warning: unused variable/mu, exitCode: 0 },
  },
  {
    languageId: 'cpp',
    title: 'says which header was forgotten although headers are precompiled',
    program: { files: { 'main.cpp': '#include <iostream>\nint main() { std::map<int, int> ages; }\n' } },
    expected: { compileOutput: /#include <map>/u, compileExitCode: 1, exitCode: null },
  },
  {
    languageId: 'cpp',
    title: 'ends with the code of an exception nobody catches',
    program: {
      files: { 'main.cpp': '#include <stdexcept>\nint main() { throw std::runtime_error("boom"); }\n' },
    },
    expected: { stderr: /what\(\): {2}boom/u, exitCode: null },
  },
  {
    languageId: 'go',
    title: 'reports mistakes as the go command does',
    program: { files: { 'main.go': 'package main\n\nimport "fmt"\n\nfunc main() {\n\tx := 1\n}\n' } },
    expected: {
      compileOutput:
        /^# main\n\.\/main\.go:3:8: "fmt" imported and not used\n\.\/main\.go:6:2: declared and not used: x$/mu,
      compileExitCode: 1,
      exitCode: null,
    },
  },
  {
    languageId: 'go',
    title: 'names the folder of a mistake in an imported package',
    program: {
      files: {
        'main.go': 'package main\n\nimport "main/lib"\n\nfunc main() { lib.Do() }\n',
        'lib/lib.go': 'package lib\n\nfunc Do() { undefined() }\n',
      },
    },
    expected: {
      compileOutput: /^# main\/lib\nlib\/lib\.go:3:13: undefined: undefined$/mu,
      compileExitCode: 1,
      exitCode: null,
    },
  },
  {
    languageId: 'go',
    title: 'says what cannot be imported, and where',
    program: {
      files: {
        'main.go': 'package main\n\nimport (\n\t_ "example.com/x"\n\t_ "nothing"\n)\n\nfunc main() {}\n',
      },
    },
    expected: {
      compileOutput:
        /^main\.go:4:2: no required module provides package example\.com\/x; to add it:\n\tgo get example\.com\/x\nmain\.go:5:2: package nothing is not in std/mu,
      compileExitCode: 1,
      exitCode: null,
    },
  },
  {
    languageId: 'go',
    title: 'refuses import cycles',
    program: {
      files: {
        'main.go': 'package main\n\nimport _ "main/a"\n\nfunc main() {}\n',
        'a/a.go': 'package a\n\nimport _ "main/b"\n',
        'b/b.go': 'package b\n\nimport _ "main/a"\n',
      },
    },
    expected: {
      compileOutput:
        /^package main\n\timports main\/a\n\timports main\/b\n\timports main\/a: import cycle not allowed$/mu,
      compileExitCode: 1,
      exitCode: null,
    },
  },
  {
    languageId: 'go',
    title: "takes the module's name and language version from the go.mod that was sent",
    program: {
      files: {
        'main.go': 'package main\n\nimport "example.com/app/lib"\n\nfunc main() { lib.Loop() }\n',
        'go.mod': 'module example.com/app\n\ngo 1.21\n',
        'lib/lib.go': `package lib

func Loop() {
	var prints []func()
	for i := 0; i < 3; i++ {
		prints = append(prints, func() { print(i) })
	}
	for _, p := range prints {
		p()
	}
}
`,
      },
    },
    expected: { stderr: /^333$/u, exitCode: 0 },
  },
  {
    languageId: 'go',
    title: 'names the source line of a panic',
    program: { files: { 'main.go': 'package main\n\nfunc main() {\n\tpanic("boom")\n}\n' } },
    expected: { stderr: /panic: boom[\s\S]*\/box\/main\.go:4/u, exitCode: 2 },
  },
  {
    languageId: 'java',
    title: 'starts the class with main in the entry file, whatever else has one',
    program: {
      files: {
        'app/Start.java':
          'package app;\nclass Helper {}\nclass Real { public static void main(String[] a) { System.out.println("real"); } }\n',
        'Other.java':
          'public class Other { public static void main(String[] a) { System.out.println("other"); } }\n',
      },
    },
    expected: { stdout: 'real\n', exitCode: 0 },
  },
  {
    languageId: 'java',
    title: 'starts an inherited main',
    program: {
      files: {
        'Main.java':
          'public class Main extends Base {}\nclass Base { public static void main(String[] a) { System.out.println("base"); } }\n',
      },
    },
    expected: { stdout: 'base\n', exitCode: 0 },
  },
  {
    languageId: 'java',
    title: 'starts main on an instance',
    program: {
      files: { 'Main.java': 'class Main {\n  void main() { System.out.println("instance"); }\n}\n' },
    },
    expected: { stdout: 'instance\n', exitCode: 0 },
  },
  {
    languageId: 'java',
    title: 'leaves it to Java to say that there is no main',
    program: { files: { 'Main.java': 'public class Main { void other() {} }\n' } },
    expected: {
      stderr: /Main method not found in class Main|no main method found in class Main/iu,
      exitCode: 1,
    },
  },
  {
    languageId: 'java',
    title: 'names file and line of a mistake, and refuses the program',
    program: {
      files: {
        'app/Main.java':
          'package app;\npublic class Main {\n  public static void main(String[] a) { int x = "text"; }\n}\n',
      },
    },
    expected: {
      compileOutput:
        /^app\/Main\.java:3: error: incompatible types: String cannot be converted to int[\s\S]*^1 error$/mu,
      compileExitCode: 1,
      exitCode: null,
    },
  },
  {
    languageId: 'java',
    title: 'reports warnings without refusing the program',
    program: {
      files: {
        'Main.java':
          'import java.util.*;\npublic class Main { public static void main(String[] a) { List l = new ArrayList(); l.add(1); System.out.println(l); } }\n',
      },
    },
    expected: {
      stdout: '[1]\n',
      compileOutput: /^Note: Main\.java uses unchecked or unsafe operations\.$/mu,
      exitCode: 0,
    },
  },
  {
    languageId: 'java',
    title: 'runs no annotation processors',
    program: {
      files: {
        'Main.java':
          'public class Main { public static void main(String[] a) { System.out.println("ran"); } }\n',
        'Processor.java': `import javax.annotation.processing.*;
import javax.lang.model.element.TypeElement;
import java.util.Set;
@SupportedAnnotationTypes("*")
public class Processor extends AbstractProcessor {
  @Override public boolean process(Set<? extends TypeElement> t, RoundEnvironment r) { throw new Error("ran"); }
}
`,
        'META-INF/services/javax.annotation.processing.Processor': 'Processor\n',
      },
    },
    expected: { stdout: 'ran\n', exitCode: 0 },
  },
  {
    languageId: 'java',
    title: 'throws OutOfMemoryError within the memory limit',
    program: {
      files: {
        'Main.java': `import java.util.*;
public class Main {
  public static void main(String[] a) {
    List<byte[]> kept = new ArrayList<>();
    while (true) kept.add(new byte[1 << 20]);
  }
}
`,
      },
    },
    expected: { stderr: /java\.lang\.OutOfMemoryError: Java heap space[\s\S]*Main\.java:5/u, exitCode: 1 },
  },
  {
    languageId: 'java',
    title: 'finds resources among the files of the request',
    program: {
      files: {
        'Main.java':
          'public class Main { public static void main(String[] a) throws Exception { System.out.print(new String(Main.class.getResourceAsStream("/data/text.txt").readAllBytes())); } }\n',
        'data/text.txt': 'resource\n',
      },
    },
    expected: { stdout: 'resource\n', exitCode: 0 },
  },
  {
    languageId: 'javascript',
    title: 'refuses a file that mixes require and top-level await, as Node does',
    program: { files: { 'main.js': "const fs = require('node:fs')\nawait 0\n" } },
    expected: { stderr: /require is not defined in ES module scope|ReferenceError/u, exitCode: 1 },
  },
  {
    languageId: 'javascript',
    title: 'names file and line of an error',
    program: { files: { 'lib/main.js': "function fail() {\n  throw new Error('boom')\n}\nfail()\n" } },
    expected: { stderr: /Error: boom\n {4}at fail \(\/box\/lib\/main\.js:2:9\)/u, exitCode: 1 },
  },
  {
    languageId: 'javascript',
    title: 'runs worker threads and child processes',
    program: {
      files: {
        'main.mjs': `import { Worker } from 'node:worker_threads'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
const worker = new Worker('require("node:worker_threads").parentPort.postMessage(6 * 7)', { eval: true })
console.log(...(await once(worker, 'message')), execFileSync(process.execPath, ['-p', '1 + 1']).toString().trim())
`,
      },
    },
    expected: { stdout: '42 2\n', exitCode: 0 },
  },
  {
    languageId: 'python',
    title: 'names file and line of an error',
    program: { files: { 'main.py': 'def fail():\n    raise ValueError("boom")\n\n\nfail()\n' } },
    expected: { stderr: /File "\/box\/main\.py", line 2, in fail[\s\S]*ValueError: boom/u, exitCode: 1 },
  },
  {
    languageId: 'python',
    title: 'has its standard library',
    program: {
      files: {
        'main.py':
          'import asyncio, ctypes, decimal, hashlib, json, lzma, sqlite3, ssl, threading, uuid, zoneinfo\nprint(zoneinfo.ZoneInfo("Asia/Tokyo").key, sqlite3.connect(":memory:").execute("select 6*7").fetchone())\n',
      },
    },
    expected: { stdout: 'Asia/Tokyo (42,)\n', exitCode: 0 },
  },
  {
    languageId: 'python',
    title: 'runs processes side by side',
    program: {
      files: {
        'main.py':
          'import multiprocessing\n\n\ndef square(n):\n    return n * n\n\n\nif __name__ == "__main__":\n    with multiprocessing.Pool(3) as pool:\n        print(pool.map(square, range(5)))\n',
      },
    },
    expected: { stdout: '[0, 1, 4, 9, 16]\n', exitCode: 0 },
  },
  {
    languageId: 'ruby',
    title: 'names file and line of an error',
    program: { files: { 'main.rb': 'def fail_now\n  raise "boom"\nend\nfail_now\n' } },
    expected: { stderr: /^main\.rb:2:in .*fail_now.*: boom \(RuntimeError\)/mu, exitCode: 1 },
  },
  {
    languageId: 'typescript',
    title: 'names file and line of the source in an error',
    program: {
      files: {
        'src/main.ts': "import { fail } from './lib/fail'\n\ninterface Unused {\n  a: number\n}\n\nfail()\n",
        'src/lib/fail.ts':
          "type Gone = string\n\nexport function fail(): never {\n  throw new Error('boom')\n}\n",
      },
    },
    expected: {
      stderr:
        /Error: boom\n {4}at fail \(\/box\/src\/lib\/fail\.ts:4:9\)\n {4}at .*\/box\/src\/main\.ts:7:1/u,
      exitCode: 1,
    },
  },
  {
    languageId: 'typescript',
    title: 'names file and line of a mistake, and refuses the program',
    program: { files: { 'src/main.ts': 'const x: number = 1\nconst y = = 2\n' } },
    expected: {
      compileOutput: /ERROR\] Unexpected "="[\s\S]*src\/main\.ts:2:10/u,
      compileExitCode: 1,
      exitCode: null,
    },
  },
  {
    languageId: 'typescript',
    title: 'imports a module whose name is only known while running, and JSON',
    program: {
      files: {
        'main.ts': `const name: string = ['lib', 'late'].join('/')
const late = await import(\`./\${name}\`)
import data from './data.json' with { type: 'json' }
console.log(late.value, data.answer)
`,
        'lib/late.mts': 'export const value: string = "late"\n',
        'data.json': '{"answer": 42}',
      },
    },
    expected: { stdout: 'late 42\n', exitCode: 0 },
  },
]
