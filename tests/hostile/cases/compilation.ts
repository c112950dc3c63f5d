/** Attacks on the compiler: it runs under limits in the same sandbox, so it sees no more and costs no more. */
import type { HostileCase } from '../case.js'

/** A limit stops the compiler; which one depends on how fast the host is. */
const STOPPED = ['time_limit_exceeded', 'memory_limit_exceeded'] as const

function isStopped(program: string, tries: string): HostileCase {
  return { program, tries, verdict: STOPPED }
}

/** The compiler may also notice in time and refuse. */
function isNotCompiled(program: string, tries: string): HostileCase {
  return { program, tries, verdict: ['compile_error', ...STOPPED] }
}

function isRefused(program: string, tries: string, more: Partial<HostileCase> = {}): HostileCase {
  return { program, tries, verdict: 'compile_error', ...more }
}

export const COMPILATION_CASES: readonly HostileCase[] = [
  isStopped('c/include-dev-zero.c', 'include an endless device'),
  isStopped('c/include-dev-random.c', 'include a random device'),
  isStopped('cpp/include-next-device.cpp', 'devices by other spellings'),
  isStopped('c/macro-bomb.c', 'macros that double'),
  isNotCompiled('c/huge-array.c', 'a program of a terabyte'),
  isNotCompiled('c/include-self.c', 'include itself twice'),
  isStopped('cpp/template-exponential.cpp', 'templates that double'),
  isStopped('cpp/constexpr-bomb.cpp', 'endless constant expressions'),
  isNotCompiled('java/HugeConstant.java', 'a constant of 16 GiB'),
  isNotCompiled('go/huge-array.go', 'a program of 16 GiB'),
  isRefused('cpp/template-recursion.cpp', 'templates without end', { prints: [/depth/] }),
  isRefused('c/include-proc-environ.c', "the compiler's environment"),
  isRefused('c/include-host-file.c', 'include host files', { neverPrints: [/#error LEAK/] }),
  isRefused('c/line-directive.c', 'have the compiler quote host files', { neverPrints: [/root:/] }),
  isRefused('c/incbin-host-file.c', 'embed a host file by the assembler'),
  isRefused('c/asm-include.c', 'assemble a host file', { neverPrints: [/root:/] }),
  isRefused('go/embed-host-file.go', 'embed host files', { prints: [/pattern/] }),
  isRefused('go/cgo-directives.go', 'orders to the C compiler'),
  isRefused('go/compiler-directives.go', 'generators, positions, links'),
  isRefused('go/huge-constant.go', 'constants of any length'),
  isRefused('java/LangPackage.java', 'a class of the platform'),
  {
    program: 'c/compiler-output-flood.c',
    tries: 'a flood of compiler messages',
    verdict: 'compile_error',
  },
  {
    program: 'c/incbin-allowed.c',
    tries: 'embed what the sandbox itself holds',
    verdict: ['succeeded', 'compile_error'],
    neverPrints: [/CODEEXEC_/],
  },
  {
    program: 'c/pragma-plugin.c',
    tries: 'load a compiler plugin by pragma',
    verdict: 'succeeded',
    output: 'compiled without it\n',
    neverPrints: [/cannot load plugin|cannot open shared object/i],
  },
  {
    program: 'c/linker-tricks.c',
    tries: 'orders to the linker',
    verdict: 'succeeded',
    output: 'linked as usual\n',
  },
  {
    program: 'java/InferenceBomb.java',
    tries: 'type inference that multiplies',
    verdict: [...STOPPED, 'succeeded'],
  },
  isNotCompiled('go/type-bomb.go', 'types that quadruple'),
  {
    program: 'typescript/deep-types.ts',
    tries: 'types whose checking never ends',
    verdict: 'succeeded',
    output: '42\n',
  },
  {
    program: 'typescript/reference-host-file.ts',
    tries: 'reference and import host files',
    verdict: 'succeeded',
    denials: 3,
  },
]
