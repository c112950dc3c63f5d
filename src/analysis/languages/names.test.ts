/** How names are followed, beyond what each rule's own snippets show. */
import { describe, expect, it } from 'vitest'
import { analyzeText, rulesOf } from '../test-support.js'

async function expectFound(language: string, rule: string, source: string): Promise<void> {
  expect(rulesOf(await analyzeText(language, source))).toContain(rule)
}

async function expectNothing(language: string, source: string): Promise<void> {
  expect(rulesOf(await analyzeText(language, source))).toEqual([])
}

describe('a dangerous function is found', () => {
  it.each([
    ['python', 'python/os-command', 'a = b = __import__("os")\nb.system("x")'],
    [
      'python',
      'python/os-command',
      'def f():\n    global run\n    import os\n    run = os.system\n    run("x")',
    ],
    ['python', 'python/subprocess', 'x, y = len, __import__("subprocess")\ny.run("x")'],
    ['python', 'python/os-command', 'if (o := __import__("os")):\n    o.popen("x")'],
    ['python', 'python/os-command', 'class A:\n    import os\n    os.system("x")'],
    ['python', 'python/eval', 'class A:\n    def eval(self): ...\n    def f(self):\n        eval("1")'],
    ['python', 'python/os-command', 'import os\nf = os.system if True else print\nf("x")'],
    ['python', 'python/os-command', 'import os\nvars(os)["sys" "tem"]("x")'],
    ['python', 'python/file-deletion', 'from pathlib import Path\ndef f(p: "Path"):\n    p.unlink()'],
    [
      'python',
      'python/file-deletion',
      'import pathlib\nfor p in [pathlib.Path("x")][0].glob("*"):\n    pathlib.Path(p).rmdir()',
    ],
    ['javascript', 'js/child-process', 'const { default: cp } = await import("child_process"); cp.exec("x")'],
    ['javascript', 'js/child-process', 'var cp; { cp = require("child_process") } cp.spawn("x")'],
    ['javascript', 'js/child-process', 'require("child_process").exec.call(null, "x")'],
    ['javascript', 'js/child-process', 'const f = require("child_process").exec.bind(null); f("x")'],
    [
      'javascript',
      'js/child-process',
      'const { exec = null, ...o } = process.getBuiltinModule("child_process"); exec("x")',
    ],
    ['javascript', 'js/child-process', 'Reflect.get(require("child_process"), "exec")("x")'],
    ['javascript', 'js/child-process', 'const m = a || require("child_process"); m?.exec("x")'],
    ['javascript', 'js/eval', 'globalThis.window.self["ev" + "al"]("x")'],
    ['javascript', 'js/file-deletion', 'const { promises: { rm: wipe } } = require("fs"); wipe("x")'],
    ['typescript', 'js/child-process', 'import cp = require("child_process")\n;(cp as any).exec("x")'],
    ['typescript', 'js/eval', '(eval satisfies unknown as (x: string) => void)!("x")'],
    [
      'java',
      'java/system-command',
      'class A { Runtime r = Runtime.getRuntime(); void f() throws Exception { this.r.exec("x"); } }',
    ],
    [
      'java',
      'java/system-command',
      'class A { void f() throws Exception { var r = Runtime.getRuntime(); (r).exec("x"); } }',
    ],
    [
      'java',
      'java/file-deletion',
      'import java.io.*; class A { void f(Object o) { if (o instanceof File x) x.delete(); } }',
    ],
    [
      'java',
      'java/file-deletion',
      'import java.io.*; class A { void f(File... xs) { for (var x : xs) xs[0].delete(); } }',
    ],
    [
      'go',
      'go/system-command',
      'package main\nimport "os/exec"\nvar run = exec.Command\nfunc main() { (run)("x") }',
    ],
    ['go', 'go/network', 'package main\nimport h "net/http"\nfunc f(cs []*h.Client) { cs[0].Get("x") }'],
    ['c', 'c/system-command', '#define A B\n#define B system\nint main(void) { A("x"); }'],
    ['c', 'c/system-command', 'int main(void) { int (*f[])(const char *) = {0}; (*system)("x"); }'],
    ['cpp', 'c/system-command', '#include <cstdlib>\nusing namespace std;\nint main() { system("x"); }'],
    ['cpp', 'c/system-command', '#include <cstdlib>\nint main() { auto f = &std::system; f("x"); }'],
    ['cpp', 'c/system-command', 'struct A { void system(int); void f() { ::system("x"); } };'],
    ['ruby', 'ruby/system-command', 'o = Object\nk = ::Kernel\nk.public_send("system", "x")'],
    ['ruby', 'ruby/system-command', 'class A\n  alias_method :go, :system\n  def f = go("x")\nend'],
    ['ruby', 'ruby/eval', 'self.eval("1")'],
    ['bash', 'bash/network', 'env -i A=1 timeout 5s nohup curl x'],
    ['bash', 'bash/network', 'x=(curl -s)\n"${x[@]}" url'],
    ['bash', 'bash/file-deletion', "r='rm'; if true; then $r -rf x; fi"],
    [
      'python',
      'python/os-command',
      'import os\ndef init():\n    global run\n    run = os.system\ninit()\nrun("x")',
    ],
  ])('in %s, %s: %s', expectFound)
})

describe('what only looks alike is not', () => {
  it.each([
    ['python', 'import os\ndef f(os):\n    return [os.system(x) for os in x]'],
    ['python', 'eval = eval2 = print\neval("1")'],
    ['python', 'for exec in [print]:\n    exec("1")'],
    ['python', 'try:\n    pass\nexcept ValueError as eval:\n    eval("1")'],
    ['python', 'match x:\n    case {"eval": y}:\n        y("1")'],
    ['python', 'a = b\nb = a\na.system("x")'],
    ['python', 'import os.path\nos.path.join("system")'],
    ['python', 'x: os.system = 3\ndef f(y: eval) -> exec: ...'],
    ['javascript', 'const { eval: e } = calculator; e("1")'],
    ['javascript', 'try {} catch (fetch) { fetch("x") }'],
    ['javascript', 'for (const fetch of fetchers) fetch("x")'],
    ['javascript', 'const f = function eval2() { return eval2() }'],
    ['javascript', 'function f({ exec }, [spawn], ...fetch) { exec("x"); spawn("x"); fetch("x") }'],
    ['javascript', 'import { exec } from "./child_process.js"; exec("x")'],
    [
      'typescript',
      'import type { exec } from "child_process"\nlet x: typeof eval\nenum fetch { A }\nfetch("x" as never)',
    ],
    ['java', 'class A { interface Runtime { void exec(String s); } void f(Runtime r) { r.exec("x"); } }'],
    ['java', 'import my.File; class A { void f(File f) { f.delete(); } }'],
    ['java', '<T> class A { <File> void f(File f) { f.delete(); } }'],
    [
      'go',
      'package main\nimport "os/exec"\nfunc f(exec struct{ Command func(string) }) { exec.Command("x") }',
    ],
    ['go', 'package main\nimport "os"\nfunc main() { if os := x(); os != nil { os.RemoveAll("x") } }'],
    ['c', 'struct S { int (*system)(int); };\nint f(struct S *s) { return s->system(1); }'],
    ['c', '#define system(x) puts(x)\nint main(void) { system("x"); }'],
    ['cpp', 'class A { int remove(int x); int f() { return remove(1); } };'],
    ['cpp', 'struct A { int fork(); int f(); };\nint A::f() { return fork(); }'],
    ['cpp', 'namespace a { int system(const char *) { return 0; } int f() { return system("x"); } }'],
    ['ruby', 'attr_accessor :system\nsystem("x")'],
    ['ruby', 'define_method(:exec) { |x| x }\nexec("x")'],
    ['ruby', '[1].each { |system| system }'],
    ['bash', 'function rm { echo "$1"; }\nrm x'],
    ['bash', 'echo "$(echo curl)" # curl'],
  ])('in %s: %s', expectNothing)
})
