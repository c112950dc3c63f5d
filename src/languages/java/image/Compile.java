import com.sun.source.util.JavacTask;
import com.sun.source.util.TaskEvent;
import com.sun.source.util.TaskListener;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.TypeKind;
import javax.lang.model.util.ElementFilter;
import javax.lang.model.util.Elements;
import javax.lang.model.util.Types;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.ForwardingJavaFileObject;
import javax.tools.FileObject;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.ToolProvider;

/**
 * javac for programs sent as files: a public class need not be in a file of its name, and the class to start is found
 * among the compiled ones and left for the launcher as an argument file.
 *
 * Usage: Compile FOLDER ENTRY SOURCE... — classes and the argument file `.main` go to FOLDER.
 * Exit code 0 when all compiled, 1 when the compiler refused, 3 when it ran out of memory.
 */
public final class Compile {
    private Compile() {}

    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        String entry = args[1];
        List<Path> sources = new ArrayList<>();
        for (int index = 2; index < args.length; index++) sources.add(Path.of(args[index]));
        System.exit(compile(folder, entry, sources));
    }

    static int compile(Path folder, String entry, List<Path> sources) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        PrintWriter out = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        List<String> options = List.of(
            "-d", folder.toString(), "-classpath", folder.toString(), "-proc:none", "-implicit:none",
            "-encoding", "UTF-8");
        try (var files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8);
            var relaxed = new RelaxedFileManager(files)) {
            List<JavaFileObject> units = new ArrayList<>();
            for (JavaFileObject unit : files.getJavaFileObjectsFromPaths(sources)) units.add(new RelaxedSource(unit));
            JavacTask task = (JavacTask) compiler.getTask(out, relaxed, null, options, null, units);
            List<String> names = units.stream().map(JavaFileObject::getName).toList();
            MainClasses mains = new MainClasses(task.getElements(), task.getTypes(), names);
            task.addTaskListener(mains);
            if (!task.call()) return 1;
            Files.writeString(folder.resolve(".main"), '"' + mains.choose(entry) + "\"\n");
            return 0;
        } catch (OutOfMemoryError exhausted) {
            out.println("error: the compiler ran out of memory");
            return 3;
        } finally {
            out.flush();
        }
    }

    /** Which classes can be started, noted while the compiler passes them in the order of the sources. */
    static final class MainClasses implements TaskListener {
        private record Candidate(int file, String name, boolean isPublic, boolean hasMain) {}

        private final Elements elements;
        private final Types types;
        private final List<String> sources;
        private final List<Candidate> candidates = new ArrayList<>();

        MainClasses(Elements elements, Types types, List<String> sources) {
            this.elements = elements;
            this.types = types;
            this.sources = sources;
        }

        @Override
        public void finished(TaskEvent event) {
            TypeElement type = event.getTypeElement();
            if (event.getKind() != TaskEvent.Kind.ANALYZE || type == null) return;
            candidates.add(new Candidate(
                sources.indexOf(event.getSourceFile().getName()),
                elements.getBinaryName(type).toString(),
                type.getModifiers().contains(Modifier.PUBLIC),
                hasMain(type)));
        }

        /**
         * The class to start: of the entry file before any other, of its own name before a public one before the
         * first. Where none has a main method, the launcher is left to say so.
         */
        String choose(String entry) {
            String fileName = Path.of(entry).getFileName().toString();
            String stem = fileName.endsWith(".java") ? fileName.substring(0, fileName.length() - 5) : fileName;
            return candidates.stream()
                .min(Comparator.<Candidate, Boolean>comparing(candidate -> !candidate.hasMain())
                    .thenComparing(candidate -> candidate.file())
                    .thenComparing(candidate -> !simpleName(candidate.name()).equals(stem))
                    .thenComparing(candidate -> !candidate.isPublic()))
                .map(Candidate::name)
                .orElse(stem);
        }

        private static String simpleName(String binaryName) {
            return binaryName.substring(binaryName.lastIndexOf('.') + 1);
        }

        /** As the launcher looks for it: not private, with one String[] or nothing, static or on an instance. */
        private boolean hasMain(TypeElement type) {
            for (ExecutableElement method : ElementFilter.methodsIn(elements.getAllMembers(type))) {
                if (!method.getSimpleName().contentEquals("main")) continue;
                if (method.getReturnType().getKind() != TypeKind.VOID) continue;
                Set<Modifier> modifiers = method.getModifiers();
                if (modifiers.contains(Modifier.PRIVATE) || modifiers.contains(Modifier.ABSTRACT)) continue;
                if (!takesArguments(method) && !method.getParameters().isEmpty()) continue;
                if (modifiers.contains(Modifier.STATIC) || canBeConstructed(type)) return true;
            }
            return false;
        }

        private boolean takesArguments(ExecutableElement method) {
            var parameters = method.getParameters();
            var string = elements.getTypeElement("java.lang.String").asType();
            return parameters.size() == 1 && types.isSameType(parameters.get(0).asType(), types.getArrayType(string));
        }

        private static boolean canBeConstructed(TypeElement type) {
            if (type.getKind() != ElementKind.CLASS || type.getModifiers().contains(Modifier.ABSTRACT)) return false;
            return ElementFilter.constructorsIn(type.getEnclosedElements()).stream().anyMatch(
                constructor -> constructor.getParameters().isEmpty()
                    && !constructor.getModifiers().contains(Modifier.PRIVATE));
        }
    }

    /** A source file in which a public class of any name may be. */
    private static final class RelaxedSource extends ForwardingJavaFileObject<JavaFileObject> {
        RelaxedSource(JavaFileObject file) {
            super(file);
        }

        @Override
        public boolean isNameCompatible(String simpleName, Kind kind) {
            // The compiler asks with these two names whether the file is one of the special ones.
            boolean isSpecial = simpleName.equals("package-info") || simpleName.equals("module-info");
            return isSpecial ? super.isNameCompatible(simpleName, kind) : kind == Kind.SOURCE;
        }

        JavaFileObject original() {
            return fileObject;
        }
    }

    /** Gives the standard file manager its own files back, for it knows no others. */
    private static final class RelaxedFileManager extends ForwardingJavaFileManager<JavaFileManager> {
        RelaxedFileManager(JavaFileManager manager) {
            super(manager);
        }

        @Override
        public boolean isSameFile(FileObject left, FileObject right) {
            return super.isSameFile(original(left), original(right));
        }

        @Override
        public String inferBinaryName(Location location, JavaFileObject file) {
            return super.inferBinaryName(location, (JavaFileObject) original(file));
        }

        @Override
        public boolean contains(Location location, FileObject file) throws IOException {
            return super.contains(location, original(file));
        }

        @Override
        public JavaFileObject getJavaFileForOutput(Location location, String name, JavaFileObject.Kind kind, FileObject sibling)
            throws IOException {
            return super.getJavaFileForOutput(location, name, kind, original(sibling));
        }

        private static FileObject original(FileObject file) {
            return file instanceof RelaxedSource source ? source.original() : file;
        }
    }
}
