import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.JavaFileManager;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardLocation;

/** Gives the compiler the classes of the JDK to read, and nothing else; keeps what it writes. One per compilation. */
final class MemoryFileManager extends ForwardingJavaFileManager<JavaFileManager> {
    private final Map<String, ByteArrayOutputStream> written = new LinkedHashMap<>();

    MemoryFileManager(JavaFileManager platform) {
        super(platform);
    }

    /** Class files by their path below the folder of the classes. */
    Map<String, byte[]> classes() {
        Map<String, byte[]> classes = new LinkedHashMap<>();
        written.forEach((name, bytes) -> classes.put(name, bytes.toByteArray()));
        return classes;
    }

    /** The program's own places, which are empty but for what is compiled; options cannot name any other. */
    private static boolean isOwn(Location location) {
        return location == StandardLocation.CLASS_OUTPUT || location == StandardLocation.CLASS_PATH;
    }

    @Override
    public boolean hasLocation(Location location) {
        return isOwn(location) || isPlatform(location) && super.hasLocation(location);
    }

    private static boolean isPlatform(Location location) {
        return location == StandardLocation.SYSTEM_MODULES || location == StandardLocation.PLATFORM_CLASS_PATH
            || !(location instanceof StandardLocation);
    }

    @Override
    public Iterable<JavaFileObject> list(Location location, String packageName, Set<JavaFileObject.Kind> kinds, boolean recurse)
        throws IOException {
        return isPlatform(location) ? super.list(location, packageName, kinds, recurse) : List.of();
    }

    @Override
    public JavaFileObject getJavaFileForInput(Location location, String className, JavaFileObject.Kind kind)
        throws IOException {
        return isPlatform(location) ? super.getJavaFileForInput(location, className, kind) : null;
    }

    @Override
    public FileObject getFileForInput(Location location, String packageName, String relativeName) throws IOException {
        return isPlatform(location) ? super.getFileForInput(location, packageName, relativeName) : null;
    }

    @Override
    public boolean isSameFile(FileObject left, FileObject right) {
        return left == right || !(left instanceof MemorySource) && !(right instanceof MemorySource)
            && super.isSameFile(left, right);
    }

    @Override
    public boolean contains(Location location, FileObject file) throws IOException {
        return !(file instanceof MemorySource) && isPlatform(location) && super.contains(location, file);
    }

    @Override
    public String inferBinaryName(Location location, JavaFileObject file) {
        return file instanceof MemorySource ? null : super.inferBinaryName(location, file);
    }

    @Override
    public JavaFileObject getJavaFileForOutput(Location location, String className, JavaFileObject.Kind kind, FileObject sibling)
        throws IOException {
        if (kind != JavaFileObject.Kind.CLASS) throw new IOException("only classes are written");
        String path = className.replace('.', '/') + kind.extension;
        return new SimpleJavaFileObject(URI.create("memory:///class"), kind) {
            @Override
            public String getName() {
                return path;
            }

            @Override
            public OutputStream openOutputStream() {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                written.put(path, bytes);
                return bytes;
            }
        };
    }

    @Override
    public JavaFileObject getJavaFileForOutputForOriginatingFiles(
        Location location, String className, JavaFileObject.Kind kind, FileObject... originatingFiles) throws IOException {
        return getJavaFileForOutput(location, className, kind, null);
    }
}
