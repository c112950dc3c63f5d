import type { Rule } from '../../../engine/rule.js'
import { library } from './library.js'

export const running: readonly Rule[] = [
  {
    id: 'c/made-code',
    category: 'code-injection',
    severity: 'critical',
    message: 'This runs bytes as machine code: code that no compiler has seen.',
    match: [
      {
        calls: ['mmap', 'mprotect', 'pkey_mprotect'],
        where: { fields: { arguments: { has: { type: 'identifier', text: 'PROT_EXEC' } } } },
      },
      {
        syntax: {
          type: 'call_expression',
          fields: {
            function: {
              type: 'parenthesized_expression',
              has: {
                type: 'cast_expression',
                fields: {
                  type: { has: { type: 'abstract_function_declarator' } },
                  value: { type: ['identifier', 'string_literal', 'pointer_expression'] },
                },
              },
            },
          },
        },
      },
    ],
    finds: [
      '#include <sys/mman.h>\nint main(void) { void *p = mmap(0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE, -1, 0); return p == 0; }',
      'int main(void) { char code[] = "\\xc3"; ((void (*)(void))code)(); }',
      'int main(void) { char code[] = "\\xc3"; (*(void (*)())code)(); }',
      'void f(void *p) { mprotect(p, 4096, PROT_EXEC); }',
    ],
    ignores: [
      '#include <sys/mman.h>\nint main(void) { void *p = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, -1, 0); return p == 0; }',
      'int apply(int (*f)(int), int x) { return (*f)(x); }',
      'int f(long x) { return ((int)x); }',
      'void mprotect(int a, int b) {}\nint main(void) { int PROT_EXEC = 1; mprotect(1, PROT_EXEC); }',
    ],
  },
  {
    id: 'c/raw-system-call',
    category: 'system-command',
    severity: 'high',
    message: 'This asks the kernel directly, around the library. The sandbox sees it all the same.',
    match: [
      {
        syntax: {
          type: 'gnu_asm_expression',
          has: {
            type: ['string_content', 'string_literal'],
            text: /\b(syscall|sysenter|svc|int\s+\$?0x80)\b/,
          },
        },
      },
      { calls: ['syscall'] },
    ],
    finds: [
      'int main(void) { __asm__ volatile("syscall"); }',
      'int main(void) { asm("mov $1, %eax\\n int $0x80"); }',
      '#include <unistd.h>\nint main(void) { return syscall(39); }',
    ],
    ignores: [
      'int main(void) { __asm__ volatile("" ::: "memory"); }',
      'int main(void) { asm("nop"); }',
      'int syscall(int n) { return n; }\nint main(void) { return syscall(39); }',
    ],
  },
  {
    id: 'c/system-command',
    category: 'system-command',
    severity: 'critical',
    message:
      '`{name}` starts another program of the system; `system` and `popen` hand their text to a shell, which runs anything in it.',
    match: [
      {
        calls: library(
          'system',
          'popen',
          'execl',
          'execlp',
          'execle',
          'execv',
          'execvp',
          'execve',
          'execvpe',
          'execveat',
          'fexecve',
          'posix_spawn',
          'posix_spawnp',
          'wordexp',
          '_popen',
          'WinExec',
          'CreateProcessA',
        ),
      },
    ],
    finds: [
      '#include <stdlib.h>\nint main(void) { return system("ls"); }',
      'int main(void) { char *argv[] = {"ls", 0}; execvp("ls", argv); }',
      'int system(const char *);\nint main(void) { system("ls"); }',
      '#include <stdlib.h>\nint main(void) { int (*run)(const char *) = system; run("ls"); }',
      '#define RUN system\nint main(void) { RUN("ls"); }',
      '#include <stdio.h>\nint main(void) { FILE *p = popen("ls", "r"); pclose(p); }',
      'int main(void) { (system)("ls"); }',
    ],
    ignores: [
      'static int system(const char *s) { return s != 0; }\nint main(void) { return system("ls"); }',
      'struct S { int (*system)(const char *); };\nint main(void) { struct S s = {0}; return s.system("ls"); }',
      'int f(int system) { return system; }',
      'int main(void) { int popen = 3; return popen; }',
      '/* system("ls") */ const char *text = "system(1)";',
      'struct S { int x; };\nint execute(struct S *s) { return s->x; }\nint main(void) { struct S s; return execute(&s); }',
    ],
  },
  {
    id: 'c/process-control',
    category: 'system-command',
    severity: 'high',
    message:
      '`{name}` makes or ends processes directly. Copies that make copies use up the process limit; use threads to share out work.',
    match: [
      {
        calls: library(
          'fork',
          'vfork',
          'clone3',
          '_Fork',
          'kill',
          'killpg',
          'ptrace',
          'unshare',
          'setns',
          'chroot',
          'mount',
          'setuid',
          'setgid',
          'reboot',
        ),
      },
      { calls: ['clone'], whenImported: ['sched.h'] },
    ],
    finds: [
      '#include <unistd.h>\nint main(void) { while (fork() >= 0) ; }',
      '#include <signal.h>\nint main(void) { return kill(1, SIGKILL); }',
      '#include <sched.h>\nint go(void *);\nint main(void) { return clone(go, 0, CLONE_VM, 0); }',
      '#include <sys/ptrace.h>\nint main(void) { return ptrace(PTRACE_TRACEME, 0, 0, 0); }',
    ],
    ignores: [
      'void kill(int enemy) {}\nint main(void) { kill(3); }',
      'int clone(int);\nint main(void) { return clone(3); }',
      'int main(void) { int fork = 2; return fork; }',
      '#include <unistd.h>\nint main(void) { return getpid(); }',
    ],
  },
  {
    id: 'c/dynamic-library',
    category: 'dynamic-import',
    severity: 'high',
    message:
      '`{name}` loads machine code by a name that is text, so no reader can tell which. Link with the library instead.',
    match: [{ calls: library('dlopen', 'dlmopen', 'dlsym', 'LoadLibraryA', 'LoadLibraryW', 'LoadLibrary') }],
    finds: [
      '#include <dlfcn.h>\nint main(void) { void *lib = dlopen("x.so", RTLD_NOW); return lib == 0; }',
      '#include <dlfcn.h>\nint main(void) { void *f = dlsym(RTLD_DEFAULT, "system"); return f == 0; }',
    ],
    ignores: [
      'void *dlopen(const char *a, int b) { return 0; }\nint main(void) { dlopen("x", 1); }',
      'int main(void) { const char *dlsym = "x"; return dlsym[0]; }',
      '#include <stdio.h>\nint main(void) { fopen("x", "r"); }',
    ],
  },
]
