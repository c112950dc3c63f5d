import com.sun.source.util.JavacTask;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.ToolProvider;

/**
 * The compiler as a process that stays: it compiles one program after the other, each from memory to memory with a
 * compiler object and a file manager of its own, and never runs any of them.
 *
 * A request on standard input, an answer on standard output; numbers are big endian, strings and bytes have their
 * size in front. Request: u32 size; entry, u32 count, count × (name, content). Answer: u32 size; u8 code, diagnostics,
 * u32 count, count × (name, content). Codes: those of Compile; UNUSABLE when only a compiler of its own can tell.
 *
 * Usage: CompileServer WARM_UP_FILE ROUNDS — compiles that source first, so that nobody waits for the machine to warm
 * up, and then says so by an empty answer.
 */
public final class CompileServer {
    private static final int COMPILED = 0;
    private static final int REFUSED = 1;
    private static final int UNUSABLE = 255;
    private static final int MAX_REQUEST_BYTES = 64 << 20;

    private record Answer(int code, String diagnostics, Map<String, byte[]> files) {}

    private CompileServer() {}

    public static void main(String[] args) throws IOException {
        DataInputStream requests = new DataInputStream(new BufferedInputStream(System.in, 1 << 16));
        DataOutputStream answers = new DataOutputStream(new FileOutputStream(FileDescriptor.out));
        // Nothing that the compiler may print goes between the answers.
        System.setOut(System.err);
        warmUp(args[0], Integer.parseInt(args[1]));
        send(answers, new Answer(COMPILED, "", Map.of()));
        for (;;) {
            byte[] request = receive(requests);
            if (request == null) return;
            send(answers, answer(request));
        }
    }

    private static void warmUp(String file, int rounds) throws IOException {
        String text = java.nio.file.Files.readString(java.nio.file.Path.of(file));
        for (int round = 0; round < rounds; round++) {
            // Whole programs and small ones, right ones and wrong ones.
            compile("Typical.java", List.of(new MemorySource("Typical.java", text)));
            compile("Main.java", List.of(new MemorySource("Main.java",
                "public class Main { public static void main(String[] a) { System.out.println(\"Hello\" + a.length); } }")));
            compile("Main.java", List.of(new MemorySource("Main.java",
                "public class Main { void f() { int x = \"\"; g(x) } }")));
        }
    }

    private static byte[] receive(DataInputStream requests) throws IOException {
        int size;
        try {
            size = requests.readInt();
        } catch (EOFException ended) {
            return null;
        }
        if (size < 0 || size > MAX_REQUEST_BYTES) throw new IOException("a request of " + size + " bytes");
        byte[] request = new byte[size];
        requests.readFully(request);
        return request;
    }

    private static Answer answer(byte[] request) {
        try {
            ByteBuffer fields = ByteBuffer.wrap(request);
            String entry = text(fields);
            int count = fields.getInt();
            List<JavaFileObject> units = new ArrayList<>();
            for (int index = 0; index < count; index++) units.add(new MemorySource(text(fields), text(fields)));
            return compile(entry, units);
        } catch (CharacterCodingException undecodable) {
            return new Answer(UNUSABLE, "", Map.of());
        } catch (OutOfMemoryError | StackOverflowError exhausted) {
            // How much there is left depends on what was compiled before.
            return new Answer(UNUSABLE, "", Map.of());
        }
    }

    private static Answer compile(String entry, List<JavaFileObject> units) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text);
        // Names of one program are in no table that another's compilation looks into.
        List<String> options = List.of("-proc:none", "-implicit:none", "-XDuseUnsharedTable=true");
        try (var files = new MemoryFileManager(compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8))) {
            JavacTask task = (JavacTask) compiler.getTask(out, files, null, options, null, units);
            List<String> names = units.stream().map(JavaFileObject::getName).toList();
            Compile.MainClasses mains = new Compile.MainClasses(task.getElements(), task.getTypes(), names);
            task.addTaskListener(mains);
            boolean compiled = task.call();
            out.flush();
            String diagnostics = text.toString();
            // What the compiler says of itself when its stack or its memory is exhausted, or when it fails.
            if (diagnostics.contains("\tat com.sun.tools.javac") || diagnostics.contains("\tat jdk.compiler"))
                return new Answer(UNUSABLE, "", Map.of());
            if (!compiled) return new Answer(REFUSED, diagnostics, Map.of());
            Map<String, byte[]> classes = files.classes();
            classes.put(".main", ('"' + mains.choose(entry) + "\"\n").getBytes(StandardCharsets.UTF_8));
            return new Answer(COMPILED, diagnostics, classes);
        } catch (IOException | RuntimeException failed) {
            return new Answer(UNUSABLE, "", Map.of());
        }
    }

    private static void send(DataOutputStream answers, Answer answer) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream fields = new DataOutputStream(bytes);
        fields.writeByte(answer.code());
        write(fields, answer.diagnostics().getBytes(StandardCharsets.UTF_8));
        fields.writeInt(answer.files().size());
        for (var file : answer.files().entrySet()) {
            write(fields, file.getKey().getBytes(StandardCharsets.UTF_8));
            write(fields, file.getValue());
        }
        ByteArrayOutputStream frame = new ByteArrayOutputStream(bytes.size() + 4);
        new DataOutputStream(frame).writeInt(bytes.size());
        bytes.writeTo(frame);
        frame.writeTo(answers);
        answers.flush();
    }

    private static void write(DataOutputStream fields, byte[] bytes) throws IOException {
        fields.writeInt(bytes.length);
        fields.write(bytes);
    }

    private static String text(ByteBuffer fields) throws CharacterCodingException {
        int size = fields.getInt();
        ByteBuffer bytes = fields.slice(fields.position(), size);
        fields.position(fields.position() + size);
        return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    }
}
