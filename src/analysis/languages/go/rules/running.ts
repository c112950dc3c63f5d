import type { Rule } from '../../../engine/rule.js'

export const running: readonly Rule[] = [
  {
    id: 'go/interpreter',
    category: 'code-injection',
    severity: 'critical',
    message: '`{name}` runs code that is text. Where the text comes from a user, so does the code.',
    match: [
      {
        calls: [
          'github.com/traefik/yaegi/interp.New().Eval*',
          'github.com/dop251/goja.New().Run*',
          'github.com/dop251/goja.Compile',
          'github.com/robertkrimen/otto.New().Run',
          'github.com/yuin/gopher-lua.NewState().Do*',
          'go/types.Eval',
        ],
      },
    ],
    finds: [
      'package main\nimport "github.com/traefik/yaegi/interp"\nfunc main() { i := interp.New(interp.Options{}); i.Eval("1") }',
      'package main\nimport "github.com/dop251/goja"\nfunc main() { vm := goja.New(); vm.RunString("1") }',
    ],
    ignores: [
      'package main\ntype T struct{}\nfunc (T) Eval(s string) {}\nfunc main() { t := T{}; t.Eval("1") }',
      'package main\nimport "regexp"\nfunc main() { regexp.MustCompile("x") }',
      'package main\nfunc Eval(s string) {}\nfunc main() { Eval("1") }',
    ],
  },
  {
    id: 'go/cgo',
    category: 'code-injection',
    severity: 'high',
    message: 'This compiles and runs the C code in the comment above it, where no check of Go holds.',
    match: [{ syntax: { type: 'import_spec', fields: { path: { string: /^C$/ } } } }],
    finds: [
      'package main\n// #include <stdlib.h>\nimport "C"\nfunc main() { C.system(nil) }',
      'package main\nimport (\n\t"C"\n\t"fmt"\n)',
    ],
    ignores: [
      'package main\nimport "fmt"',
      'package main\nimport C "fmt"\nfunc main() { C.Println() }',
      'package main\nvar C = "C"',
    ],
  },
  {
    id: 'go/system-command',
    category: 'system-command',
    severity: 'critical',
    message:
      '`{name}` starts another program of the system. Most of what shells are called for is in `os` and `path/filepath`.',
    match: [
      {
        calls: [
          'os/exec.Command',
          'os/exec.CommandContext',
          'os/exec.Cmd',
          'os.StartProcess',
          'syscall.Exec',
          'syscall.ForkExec',
          'syscall.StartProcess',
          'golang.org/x/sys/unix.Exec',
          'golang.org/x/sys/execabs.Command',
        ],
      },
    ],
    finds: [
      'package main\nimport "os/exec"\nfunc main() { exec.Command("ls").Run() }',
      'package main\nimport e "os/exec"\nfunc main() { e.Command("ls").Run() }',
      'package main\nimport . "os/exec"\nfunc main() { Command("ls").Run() }',
      'package main\nimport "os/exec"\nfunc main() { cmd := &exec.Cmd{Path: "/bin/ls"}; cmd.Run() }',
      'package main\nimport "os/exec"\nfunc main() { run := exec.Command; run("ls").Run() }',
      'package main\nimport "syscall"\nfunc main() { syscall.Exec("/bin/ls", nil, nil) }',
      'package main\nimport ("fmt"; "os/exec")\nfunc main() { out, err := exec.Command("id").Output(); fmt.Println(out, err) }',
    ],
    ignores: [
      'package main\ntype E struct{}\nfunc (E) Command(s string) {}\nfunc main() { exec := E{}; exec.Command("ls") }',
      'package main\nimport "example.com/exec"\nfunc main() { exec.Command("ls") }',
      'package main\nfunc Command(s string) {}\nfunc main() { Command("ls") }',
      'package main\nimport "os/exec"\nfunc main() { exec.LookPath("ls") }',
      'package main\nimport "os"\nfunc main() { os.Exit(1) }',
    ],
  },
  {
    id: 'go/process-control',
    category: 'system-command',
    severity: 'high',
    message: '`{name}` acts on other processes, or on the system beneath the program.',
    match: [
      {
        calls: [
          'os.FindProcess',
          'syscall.Kill',
          'syscall.Ptrace*',
          'syscall.Syscall*',
          'syscall.RawSyscall*',
          'syscall.Mount',
          'syscall.Chroot',
          'syscall.Reboot',
          'syscall.Mprotect',
          'syscall.Mmap',
        ],
      },
    ],
    finds: [
      'package main\nimport "syscall"\nfunc main() { syscall.Kill(1, syscall.SIGKILL) }',
      'package main\nimport "os"\nfunc main() { p, _ := os.FindProcess(1); p.Kill() }',
      'package main\nimport s "syscall"\nfunc main() { s.RawSyscall(57, 0, 0, 0) }',
    ],
    ignores: [
      'package main\nimport ("os"; "os/signal"; "syscall")\nfunc main() { c := make(chan os.Signal, 1); signal.Notify(c, syscall.SIGTERM) }',
      'package main\ntype Game struct{}\nfunc (Game) Kill() {}\nfunc main() { Game{}.Kill() }',
      'package main\nimport "os"\nfunc main() { println(os.Getpid()) }',
    ],
  },
  {
    id: 'go/plugin',
    category: 'dynamic-import',
    severity: 'high',
    message:
      '`{name}` loads machine code whose name is only known while the program runs. Choose between known packages with an interface.',
    match: [{ calls: ['plugin.Open'] }],
    finds: [
      'package main\nimport "plugin"\nfunc main() { plugin.Open("x.so") }',
      'package main\nimport p "plugin"\nfunc main() { lib, err := p.Open("x.so"); _, _ = lib, err }',
    ],
    ignores: [
      'package main\nimport "os"\nfunc main() { os.Open("x") }',
      'package main\nimport "example.com/plugin"\nfunc main() { plugin.Open("x.so") }',
      'package main\ntype P struct{}\nfunc (P) Open(s string) {}\nfunc main() { plugin := P{}; plugin.Open("x") }',
    ],
  },
]
