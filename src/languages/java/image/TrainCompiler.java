import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Compiles sources as they will be compiled, for the archive of the compiler's classes. */
public final class TrainCompiler {
    private TrainCompiler() {}

    public static void main(String[] args) throws IOException {
        for (int index = 1; index < args.length; index++) {
            Compile.compile(Path.of(args[0]), args[index], List.of(Path.of(args[index])));
        }
    }
}
