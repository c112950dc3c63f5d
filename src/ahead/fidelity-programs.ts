/** Java programs that look for a difference between a plain start and one ahead, or that try to make one. */
import type { Limits } from '../contract/limits.js'
import type { Program } from '../languages/conformance-cases.js'

const main = (body: string, imports = ''): Program => ({
  files: {
    'Main.java': `import java.util.*;
${imports}
public class Main {
    public static void main(String[] args) throws Exception {
${body}
    }
}
`,
  },
})

const PROC = 'import java.nio.file.*;'

export const JAVA_HELLO: Program = main('System.out.println("Hello");')

/** Each prints or answers the same in both. */
export const FAITHFUL: Readonly<Record<string, Program>> = {
  'properties of the system': main(
    'new TreeMap<>(System.getProperties()).forEach((k, v) -> System.out.println(k + "=" + v));',
  ),
  'the environment': main(
    'new TreeMap<>(System.getenv()).forEach((k, v) -> System.out.println(k + "=" + v));',
  ),
  'its command line': {
    ...main(
      `for (String file : List.of("cmdline", "environ", "comm"))
            System.out.println(Files.readString(Path.of("/proc/self/" + file)).replace((char) 0, '|'));
        System.out.println(Files.readSymbolicLink(Path.of("/proc/self/exe")) + " " + ProcessHandle.current().pid());
        System.out.println(ProcessHandle.current().info().commandLine());
        System.out.println(System.getProperty("sun.java.command") + Arrays.toString(args));`,
      PROC,
    ),
    args: ['one', 'two words', '@three', '-version', '', 'ünï'],
  },
  'the environment of a process it starts': main(
    'System.out.print(new String(new ProcessBuilder("env").start().getInputStream().readAllBytes()));',
  ),
  'what the machine says of itself': main(
    `var runtime = ManagementFactory.getRuntimeMXBean();
        System.out.println(runtime.getInputArguments() + runtime.getClassPath() + runtime.getVmVersion());
        System.out.println(Runtime.getRuntime().maxMemory() + " " + Runtime.getRuntime().availableProcessors());
        ManagementFactory.getGarbageCollectorMXBeans().forEach(bean -> System.out.println(bean.getName()));
        System.out.println(Runtime.getRuntime().totalMemory());`,
    'import java.lang.management.*;',
  ),
  'threads and class loaders': main(
    `System.out.println(Thread.currentThread() + " " + Main.class.getClassLoader().getClass());
        System.out.println(Thread.currentThread().getContextClassLoader() == Main.class.getClassLoader());
        System.out.println(Main.class.getProtectionDomain().getCodeSource().getLocation());
        System.out.println(Main.class.getModule() + " " + ClassLoader.getSystemResource("Main.class"));
        Thread.getAllStackTraces().keySet().stream().map(Thread::getName).sorted().forEach(System.out::println);
        System.out.println(StackWalker.getInstance().walk(frames -> frames.map(Object::toString).toList()));`,
  ),
  'its files': main(
    `try (var all = Files.walk(Path.of("/box"))) { all.sorted().forEach(Main::show); }
        try (var all = Files.walk(Path.of("/out"))) { all.sorted().forEach(Main::show); }
        try (var all = Files.walk(Path.of("/tmp"))) { all.sorted().forEach(Main::show); }
        System.out.println(Path.of("").toAbsolutePath());
    }
    static class Inner {}
    static void show(Path path) {
        try {
            var mode = Files.getPosixFilePermissions(path);
            boolean own = Files.getAttribute(path, "unix:uid").equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
            System.out.println(path + " " + java.nio.file.attribute.PosixFilePermissions.toString(mode) + " " + own);
        } catch (java.io.IOException e) { System.out.println(e); }`,
    PROC,
  ),
  'open descriptors': main(
    'for (String fd : new TreeSet<>(List.of(new java.io.File("/proc/self/fd").list()))) if (Integer.parseInt(fd) < 3) System.out.println(fd);',
  ),
  'limits of the process': main(
    'System.out.println(Files.readString(Path.of("/proc/self/limits")));\n        for (String l : Files.readAllLines(Path.of("/proc/self/status"))) if (l.matches("(Cap|Sig|NoNew|Seccomp|Umask).*")) System.out.println(l);',
    PROC,
  ),
  'an exception that nobody catches': main(
    'throw new IllegalStateException("boom", new RuntimeException("cause"));',
  ),
  'an exception in a thread': main(
    'Thread t = new Thread(() -> { throw new RuntimeException("in a thread"); }, "worker"); t.start(); t.join(); System.out.println("after");',
  ),
  'a stack trace of main': main('new Exception("here").printStackTrace();'),
  'an exception before main': main(
    '}\n    static { if (true) throw new RuntimeException("before"); }\n    static void f() {',
  ),
  'a handler for uncaught exceptions': main(
    'Thread.setDefaultUncaughtExceptionHandler((t, e) -> System.out.println(t.getName() + e.getMessage())); throw new Exception("x");',
  ),
  'an exit code': main('System.exit(42);'),
  'an exit code of a thread': main('new Thread(() -> System.exit(7)).start(); Thread.sleep(60_000);'),
  halting: main('System.out.println("x"); Runtime.getRuntime().halt(9);'),
  'a hook at the end': main(
    'Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("hook")));',
  ),
  'threads that go on after main': main(
    'new Thread(() -> { try { Thread.sleep(200); } catch (InterruptedException e) {} System.out.println("late"); }).start();',
  ),
  'daemons that do not': main(
    'Thread t = new Thread(() -> { try { Thread.sleep(60_000); } catch (InterruptedException e) {} }); t.setDaemon(true); t.start();',
  ),
  'overflowing the stack': main(
    '}\n    static void down() { down(); }\n    static { try { down(); } catch (StackOverflowError e) { System.out.println("caught"); } }\n    static void f() {',
  ),
  'running out of memory': main(
    'List<long[]> all = new ArrayList<>(); while (true) all.add(new long[1 << 20]);',
  ),
  'standard input': {
    ...main('System.out.println(new String(System.in.readAllBytes()) + "|");'),
    stdin: 'a\nb\0c',
  },
  'no standard input': main('System.out.println(System.in.read() + " " + System.in.available());'),
  'both streams': main(
    'System.out.println("out"); Thread.sleep(300); System.err.print("err"); Thread.sleep(300); System.out.println("more");',
  ),
  'text beyond ASCII': main('System.out.println("äöü € 𝄞 " + java.nio.charset.Charset.defaultCharset());'),
  'a main of an instance': {
    files: { 'Main.java': 'class Main { void main(String[] a) { IO.println(this.getClass()); } }' },
  },
  'a constructor that throws': {
    files: { 'Main.java': 'class Main { Main() { throw new RuntimeException("no"); } void main() {} }' },
  },
  'no main at all': { files: { 'Main.java': 'class Main { int x; }' } },
  'another class than Main': {
    files: {
      'Main.java':
        'class Helper {} public class Böse { public static void main(String[] a) { System.out.println("ok"); } }',
    },
  },
  'an enum with a main': {
    files: { 'Main.java': 'enum E { A; public static void main(String[] a) { System.out.println(A); } }' },
  },
  mistakes: {
    files: {
      'Main.java': 'class Main { int x = "s"; void f() { g(); h() } \n Missing m; }',
      'B.java': 'class B extends C {}',
    },
  },
  'many mistakes': {
    files: {
      'Main.java': `class Main { ${Array.from({ length: 150 }, (_, i) => `int a${i} = "x";`).join('\n')} }`,
    },
  },
  'notes and warnings': main(
    'List raw = new ArrayList(); raw.add(1); Thread.currentThread().getId(); new Date(1, 1, 1);',
  ),
  'a module': {
    files: {
      'Main.java':
        'public class Main { public static void main(String[] a) { System.out.println(Main.class.getModule()); } }',
      'module-info.java': 'module m { requires java.sql; }',
    },
  },
  'a class of the JDK': {
    files: { 'Main.java': 'package java.lang; public class Main { public static void main(String[] a) {} }' },
  },
  'a class twice': {
    files: {
      'Main.java': 'class Main { public static void main(String[] a) {} }',
      'Other.java': 'class Main {}',
    },
  },
  'names that differ in case alone': {
    files: {
      'Main.java':
        'class Main { public static void main(String[] a) { System.out.println(new A() + "" + new a()); } } class A { public String toString() { return "A"; } } class a { public String toString() { return "a"; } }',
    },
  },
  'an empty file': { files: { 'Main.java': '' } },
  'a folder with a space': {
    files: { 'my dir/Main.java': 'class Main { public static void main(String[] a) { int x = ; } }' },
  },
}

export interface Attempt {
  readonly attack: Program
  readonly victim: Program
  /** Limits of the attack's compilation. */
  readonly compile?: Partial<Limits>
}

const deep = `class Main { int x = ${'('.repeat(20_000)}1${')'.repeat(20_000)}; public static void main(String[] a) {} }`
const large = `class Main { public static void main(String[] a) {} ${Array.from({ length: 12_000 }, (_, i) => `static String m${i}(int x) { return "text ${i}" + x + new Object[] {x, "y${i}"}; }`).join('\n')} }`
/** Inference looks at every pair of arguments, and again at what it found. */
const slow = `import java.util.*; class Main { public static void main(String[] a) { System.out.println(Map.ofEntries(
  ${Array.from({ length: 400 }, (_, i) => `Map.entry(${i}, List.of("${i}"))`).join(',')})); } }`

/** What one program leaves must not reach the next. */
export const HOSTILE: Readonly<Record<string, Attempt>> = {
  'a class that another program uses without having it': {
    attack: {
      files: {
        'Main.java':
          'public class Main { public static void main(String[] a) {} } class Helper { static int f() { return 1; } }',
        'p/Helper.java': 'package p; public class Helper {}',
      },
    },
    victim: {
      files: {
        'Main.java':
          'import p.Helper; public class Main { public static void main(String[] a) { System.out.println(Helper.f()); } }',
      },
    },
  },
  'classes in the place of those of the library and of the compiler': {
    attack: {
      files: {
        'Main.java': 'public class Main {}',
        'java/lang/String.java': 'package java.lang; public final class String {}',
        'com/sun/tools/javac/main/Main.java': 'package com.sun.tools.javac.main; public class Main {}',
        'java/util/List.java': 'package java.util; public interface List<E> { void poisoned(); }',
      },
    },
    victim: main('List<String> list = new ArrayList<>(List.of("a")); System.out.println(list);'),
  },
  'an annotation processor and a file that names it': {
    attack: {
      files: {
        'Main.java':
          'public class Main { @Deprecated public static void main(String[] a) { System.out.println("plain"); } }',
        'Poison.java':
          'import java.util.*; import javax.annotation.processing.*; import javax.lang.model.element.*; @SupportedAnnotationTypes("*") public class Poison extends AbstractProcessor { public boolean process(Set<? extends TypeElement> t, RoundEnvironment e) { System.exit(1); return true; } }',
        'META-INF/services/javax.annotation.processing.Processor': 'Poison\n',
        'META-INF/services/com.sun.source.util.Plugin': 'Poison\n',
      },
    },
    victim: JAVA_HELLO,
  },
  'names that look like options': {
    attack: {
      files: {
        '-Akey=value.java': 'public class Main { public static void main(String[] a) {} }',
        '@options.java': 'class O {}',
        '-d.java': 'class D {}',
        '-proc:full.java': 'class P {}',
      },
    },
    victim: JAVA_HELLO,
  },
  'a very deep expression': { attack: { files: { 'Main.java': deep } }, victim: JAVA_HELLO },
  'a very large program': { attack: { files: { 'Main.java': large } }, victim: JAVA_HELLO },
  'a program that takes long to compile': {
    attack: { files: { 'Main.java': slow } },
    victim: JAVA_HELLO,
    compile: { wallTimeMs: 1000 },
  },
  'a name longer than a file may have': {
    attack: { files: { 'Main.java': `class ${'A'.repeat(300)} { public static void main(String[] a) {} }` } },
    victim: JAVA_HELLO,
  },
}
