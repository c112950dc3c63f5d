import type { Rule } from '../../../engine/rule.js'

export const running: readonly Rule[] = [
  {
    id: 'java/script-engine',
    category: 'code-injection',
    severity: 'critical',
    message:
      '`{name}` compiles or runs code that is text. Where the text comes from a user, so does the code.',
    match: [
      {
        calls: [
          'javax.script.**.eval',
          'javax.script.**.compile',
          'jdk.jshell.JShell**.eval',
          'javax.tools.ToolProvider.getSystemJavaCompiler',
          'groovy.lang.GroovyShell().evaluate',
          'java.lang.invoke.MethodHandles**.defineClass',
          'java.lang.invoke.MethodHandles**.defineHiddenClass',
        ],
      },
    ],
    finds: [
      'import javax.script.*; class A { void f() throws Exception { new ScriptEngineManager().getEngineByName("js").eval("1"); } }',
      'import javax.script.ScriptEngine; class A { void f(ScriptEngine e) throws Exception { e.eval("1"); } }',
      'class A { Object c = javax.tools.ToolProvider.getSystemJavaCompiler(); }',
      'import jdk.jshell.JShell; class A { void f() { var shell = JShell.create(); shell.eval("1"); } }',
    ],
    ignores: [
      'class A { int eval(String s) { return 1; } void f() { eval("1"); new A().eval("2"); } }',
      'import java.util.regex.Pattern; class A { Pattern p = Pattern.compile("x"); }',
      'class Tree { int eval() { return 1; } } class A { void f(Tree t) { t.eval(); } }',
    ],
  },
  {
    id: 'java/system-command',
    category: 'system-command',
    severity: 'critical',
    message:
      '`{name}` starts another program of the system. Most of what shells are called for is in `java.nio.file`.',
    match: [
      {
        calls: [
          'java.lang.Runtime().exec',
          'java.lang.ProcessBuilder',
          'java.lang.ProcessBuilder.startPipeline',
        ],
      },
    ],
    finds: [
      'class A { void f() throws Exception { Runtime.getRuntime().exec("ls"); } }',
      'class A { void f() throws Exception { Runtime rt = Runtime.getRuntime(); rt.exec("ls"); } }',
      'class A { void f() throws Exception { new ProcessBuilder("ls").start(); } }',
      'class A { void f() throws Exception { java.lang.Runtime.getRuntime().exec("ls"); } }',
      'import static java.lang.Runtime.getRuntime; class A { void f() throws Exception { getRuntime().exec("ls"); } }',
      'class A { void f(Object o) throws Exception { ((Runtime) o).exec("ls"); } }',
      'class A { ProcessBuilder make() { return new java.lang.ProcessBuilder(); } }',
    ],
    ignores: [
      'class A { long f() { return Runtime.getRuntime().totalMemory(); } }',
      'class Runtime { static Runtime getRuntime() { return null; } void exec(String s) {} } class A { void f() { Runtime.getRuntime().exec("ls"); } }',
      'class A { void exec(String s) {} void f() { exec("ls"); this.exec("ls"); } }',
      'class Database { void exec(String s) {} } class A { void f(Database runtime) { runtime.exec("select 1"); } }',
      'import com.example.ProcessBuilder; class A { Object o = new ProcessBuilder("ls"); }',
      'class A { String s = "Runtime.getRuntime().exec"; }',
    ],
  },
  {
    id: 'java/process-control',
    category: 'system-command',
    severity: 'high',
    message: '`{name}` ends or watches other processes of the system.',
    match: [
      {
        calls: [
          'java.lang.ProcessHandle**.destroy',
          'java.lang.ProcessHandle**.destroyForcibly',
          'java.lang.ProcessHandle.allProcesses',
        ],
      },
    ],
    finds: [
      'class A { void f() { ProcessHandle.of(1).get().destroy(); } }',
      'class A { long n = ProcessHandle.allProcesses().count(); }',
    ],
    ignores: [
      'class A { long pid = ProcessHandle.current().pid(); }',
      'class Window { void destroy() {} } class A { void f(Window w) { w.destroy(); } }',
      'class A { void destroy() {} void f() { destroy(); } }',
    ],
  },
  {
    id: 'java/native-library',
    category: 'dynamic-import',
    severity: 'high',
    message: '`{name}` loads machine code, where no check of Java holds.',
    match: [
      {
        calls: [
          'java.lang.System.load',
          'java.lang.System.loadLibrary',
          'java.lang.Runtime().load*',
          'java.lang.foreign.Linker.nativeLinker',
          'com.sun.jna.Native.load*',
        ],
      },
    ],
    finds: [
      'class A { static { System.loadLibrary("x"); } }',
      'class A { void f() { Runtime.getRuntime().load("/x.so"); } }',
      'import java.lang.foreign.*; class A { Object l = Linker.nativeLinker(); }',
    ],
    ignores: [
      'import java.util.Properties; class A { void f(Properties p) throws Exception { p.load(System.in); } }',
      'class System { static void load(String s) {} } class A { void f() { System.load("x"); } }',
      'class A { void load(String s) {} void f() { load("x"); } }',
    ],
  },
  {
    id: 'java/dynamic-class',
    category: 'dynamic-import',
    severity: 'high',
    message:
      '`{name}` loads a class by a name that is text, so no reader can tell which. Name the class, or choose between known ones with `switch`.',
    match: [
      {
        calls: [
          'java.lang.Class.forName',
          'java.lang.ClassLoader**.loadClass',
          'java.net.URLClassLoader**',
          'java.lang.Thread**.getContextClassLoader().loadClass',
        ],
      },
    ],
    finds: [
      'class A { void f() throws Exception { Class.forName("java.lang.Runtime"); } }',
      'class A { void f() throws Exception { ClassLoader.getSystemClassLoader().loadClass("X"); } }',
      'import java.net.*; class A { Object o = new URLClassLoader(new URL[0]); }',
      'class A { void f(ClassLoader loader) throws Exception { loader.loadClass("X"); } }',
      'import java.util.stream.*; class A { Object o = Stream.of("X").map(Class::forName); }',
    ],
    ignores: [
      'class A { Class<?> c = A.class; String n = "x".getClass().getName(); }',
      'class Loader { void loadClass(String s) {} } class A { void f(Loader l) { l.loadClass("X"); } }',
      'class Class { static void forName(String s) {} } class A { void f() { Class.forName("x"); } }',
    ],
  },
]
