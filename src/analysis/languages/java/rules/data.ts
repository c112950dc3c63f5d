import type { Rule } from '../../../engine/rule.js'

export const data: readonly Rule[] = [
  {
    id: 'java/network',
    category: 'network',
    severity: 'high',
    message:
      '`{name}` reaches for another machine, or waits for one. Programs here have no network; give the data as input instead.',
    match: [
      {
        calls: [
          'java.net.Socket',
          'java.net.ServerSocket',
          'java.net.DatagramSocket',
          'java.net.MulticastSocket',
          'java.net.http.HttpClient.newHttpClient',
          'java.net.http.HttpClient.newBuilder',
          'java.net.URL**.openStream',
          'java.net.URL**.openConnection',
          'java.net.URI**.toURL().openStream',
          'java.net.URI**.toURL().openConnection',
          'java.net.InetAddress.getByName',
          'java.net.InetAddress.getAllByName',
          'java.nio.channels.SocketChannel.open',
          'java.nio.channels.ServerSocketChannel.open',
          'java.nio.channels.DatagramChannel.open',
          'com.sun.net.httpserver.HttpServer.create',
          'javax.net.ssl.SSLSocketFactory**.createSocket',
        ],
      },
    ],
    finds: [
      'import java.net.Socket; class A { void f() throws Exception { new Socket("example.com", 80); } }',
      'import java.net.*; class A { void f() throws Exception { new URL("http://example.com").openStream(); } }',
      'class A { void f() throws Exception { java.net.URL u = new java.net.URL("http://example.com"); u.openConnection(); } }',
      'import java.net.http.HttpClient; class A { HttpClient c = HttpClient.newHttpClient(); }',
      'import java.net.*; class A { ServerSocket s = new ServerSocket(80); }',
      'import java.net.URI; class A { void f() throws Exception { URI.create("http://example.com").toURL().openStream(); } }',
    ],
    ignores: [
      'class Socket { Socket(String s, int p) {} } class A { Socket s = new Socket("wall", 1); }',
      'import java.net.URI; class A { String h = URI.create("http://example.com").getHost(); }',
      'import java.net.*; class Socket { } class A { Socket s = new Socket(); }',
      'import java.net.URLEncoder; class A { String s = URLEncoder.encode("a b"); }',
      'class A { void openConnection() {} void f() { openConnection(); } }',
    ],
  },
  {
    id: 'java/file-deletion',
    category: 'file-destruction',
    severity: 'high',
    message:
      '`{name}` deletes for good: nothing goes to a bin. Check the path first, and delete only what the program made.',
    match: [
      {
        calls: [
          'java.nio.file.Files.delete',
          'java.nio.file.Files.deleteIfExists',
          'java.io.File().delete',
          'java.io.File().deleteOnExit',
          'java.io.File().listFiles().delete',
          'org.apache.commons.io.FileUtils.delete*',
          'org.apache.commons.io.FileUtils.cleanDirectory',
          'org.apache.commons.io.FileUtils.forceDelete',
        ],
      },
    ],
    finds: [
      'import java.io.File; class A { void f() { new File("x").delete(); } }',
      'import java.io.*; class A { void f(File d) { for (File x : d.listFiles()) x.delete(); } }',
      'import java.nio.file.*; class A { void f() throws Exception { Files.delete(Path.of("x")); } }',
      'import static java.nio.file.Files.deleteIfExists; class A { void f(java.nio.file.Path p) throws Exception { deleteIfExists(p); } }',
      'import java.io.File; class A { private final File file = new File("x"); void f() { this.file.delete(); } }',
      'import java.nio.file.*; import java.util.stream.*; class A { void f(Stream<Path> s) { s.forEach(Files::delete); } }',
    ],
    ignores: [
      'class A { void f(StringBuilder b) { b.delete(0, 1); } }',
      'class File { void delete() {} } class A { void f(File file) { file.delete(); } }',
      'import java.io.File; class A { boolean b = new File("x").exists(); }',
      'import java.nio.file.*; class A { void f() throws Exception { Files.writeString(Path.of("x"), "y"); } }',
      'class Repo { void delete(int id) {} } class A { void f(Repo files) { files.delete(1); } }',
    ],
  },
  {
    id: 'java/unsafe-deserialisation',
    category: 'deserialisation',
    severity: 'medium',
    message:
      '`{name}` builds whatever objects the bytes name, and code of theirs runs meanwhile. Use JSON, or set an `ObjectInputFilter`.',
    match: [
      {
        calls: [
          'java.io.ObjectInputStream().readObject',
          'java.io.ObjectInputStream().readUnshared',
          'java.beans.XMLDecoder().readObject',
          'org.yaml.snakeyaml.Yaml().load*',
          'com.thoughtworks.xstream.XStream().fromXML',
        ],
      },
    ],
    finds: [
      'import java.io.*; class A { Object f(InputStream in) throws Exception { return new ObjectInputStream(in).readObject(); } }',
      'import java.io.*; class A { Object f(InputStream in) throws Exception { try (ObjectInputStream o = new ObjectInputStream(in)) { return o.readObject(); } } }',
      'import java.beans.XMLDecoder; class A { Object f(XMLDecoder d) { return d.readObject(); } }',
    ],
    ignores: [
      'import java.io.*; class A { void f(OutputStream out) throws Exception { new ObjectOutputStream(out).writeObject("x"); } }',
      'import java.io.*; class A { int f(InputStream in) throws Exception { return new DataInputStream(in).readInt(); } }',
      'class Reader { Object readObject() { return null; } } class A { Object f(Reader r) { return r.readObject(); } }',
    ],
  },
  {
    id: 'java/infinite-loop',
    category: 'infinite-loop',
    severity: 'medium',
    message:
      'Nothing in this loop can end it: no `break`, `return`, exception or exit. It will run until the time limit.',
    match: [{ endlessLoops: true }],
    finds: [
      'class A { void f() { while (true) { } } }',
      'class A { void f() { for (;;) { g(); } } void g() {} }',
      'class A { void f(int x) { while (true) { switch (x) { case 1: break; } } } }',
      'class A { void f() { do { } while (true); } }',
      'class A { void f() { while (true) { Runnable r = () -> { return; }; } } }',
    ],
    ignores: [
      'class A { void f() { while (true) { break; } } }',
      'class A { int f() { for (;;) { return 1; } } }',
      'class A { void f() { outer: while (true) { while (true) { break outer; } } } }',
      'class A { void f() { while (true) { System.exit(0); } } }',
      'class A { void f() { while (true) { throw new RuntimeException(); } } }',
      'class A { void f(java.io.DataInputStream in) { try { while (true) in.readInt(); } catch (java.io.IOException e) { } } }',
      'class A { void f() { for (int i = 0; i < 3; i++) { } } }',
      'class A { void quit() { System.exit(0); } void f() { while (true) { quit(); } } }',
    ],
  },
  {
    id: 'java/blocking-input',
    category: 'blocking-input',
    severity: 'low',
    message:
      '`{name}` is read here, which waits for input. Send it along as stdin; when there is none, reading fails or gives nothing.',
    match: [
      { mentions: ['java.lang.System.in'] },
      { calls: ['java.lang.System.console', 'java.lang.IO.readln', 'java.io.IO.readln'] },
    ],
    finds: [
      'import java.util.Scanner; class A { Scanner s = new Scanner(System.in); }',
      'import java.io.*; class A { BufferedReader r = new BufferedReader(new InputStreamReader(System.in)); }',
      'class A { int f() throws Exception { return System.in.read(); } }',
      'void main() { var name = IO.readln("Name? "); }',
      'import static java.lang.System.in; class A { java.util.Scanner s = new java.util.Scanner(in); }',
    ],
    ignores: [
      'import java.util.Scanner; class A { Scanner s = new Scanner("1 2 3"); }',
      'class A { void f() { System.out.println("x"); } }',
      'import java.io.*; class A { void f(InputStream in) throws Exception { in.read(); } }',
      'class System { static Object in; } class A { Object o = System.in; }',
    ],
  },
]
