import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import javax.tools.ToolProvider;

/** Harmless: compiles an annotation processor and prints its class file, which the attack then sends along. */
public class ProcessorMaker {
    static final String SOURCE = """
        import java.util.Set;
        import javax.annotation.processing.*;
        import javax.lang.model.element.TypeElement;
        import javax.lang.model.SourceVersion;
        import javax.tools.Diagnostic;

        @SupportedAnnotationTypes("*")
        public class Intruder extends AbstractProcessor {
            @Override public SourceVersion getSupportedSourceVersion() { return SourceVersion.latest(); }
            @Override public void init(ProcessingEnvironment environment) {
                super.init(environment);
                environment.getMessager().printMessage(Diagnostic.Kind.WARNING, "INTRUDER RAN IN THE COMPILER");
            }
            @Override public boolean process(Set<? extends TypeElement> types, RoundEnvironment round) { return false; }
        }
        """;

    public static void main(String[] args) throws Exception {
        Path folder = Files.createTempDirectory("maker");
        Path source = folder.resolve("Intruder.java");
        Files.writeString(source, SOURCE);
        int code = ToolProvider.getSystemJavaCompiler().run(null, System.err, System.err, "-proc:none", "-d", folder.toString(), source.toString());
        if (code != 0) System.exit(code);
        System.out.print(Base64.getEncoder().encodeToString(Files.readAllBytes(folder.resolve("Intruder.class"))));
    }
}
