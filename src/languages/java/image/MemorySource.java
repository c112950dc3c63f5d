import java.net.URI;
import java.net.URISyntaxException;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.NestingKind;
import javax.tools.SimpleJavaFileObject;

/** A source file that was sent, in which a public class of any name may be. */
final class MemorySource extends SimpleJavaFileObject {
    private final String name;
    private final String text;

    MemorySource(String name, String text) {
        super(uri(name), Kind.SOURCE);
        this.name = name;
        this.text = text;
    }

    private static URI uri(String name) {
        try {
            return new URI("file", null, "/box/" + name, null);
        } catch (URISyntaxException impossible) {
            throw new IllegalArgumentException(impossible);
        }
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return text;
    }

    @Override
    public boolean isNameCompatible(String simpleName, Kind kind) {
        // The compiler asks with these two names whether the file is one of the special ones.
        boolean isSpecial = simpleName.equals("package-info") || simpleName.equals("module-info");
        return isSpecial ? name.endsWith("/" + simpleName + ".java") || name.equals(simpleName + ".java") : kind == Kind.SOURCE;
    }

    @Override
    public NestingKind getNestingKind() {
        return null;
    }

    @Override
    public Modifier getAccessLevel() {
        return null;
    }
}
