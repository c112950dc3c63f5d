import java.io.FileInputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** The runtime's own back doors: loading libraries, attaching to other runtimes, diagnostic files. */
public class NativeTricks {
    interface Attempt {
        Object make() throws Throwable;
    }

    static void attempt(String name, Attempt attempt) {
        try {
            System.out.println("LEAK " + name + " " + attempt.make());
        } catch (Throwable refused) {
            System.out.println("DENIED " + name + " " + refused.getClass().getSimpleName());
        }
    }

    public static void main(String[] args) {
        attempt("load", () -> {
            System.load(args[0]);
            return "loaded";
        });
        attempt("canary", () -> Files.readString(Path.of(args[0])));
        attempt("parent-environment", () -> new String(new FileInputStream("/proc/1/environ").readAllBytes()));
        attempt("parent-root", () -> Files.readString(Path.of("/proc/1/root" + args[0])));
        attempt("exit-as-root", () -> {
            Process process = new ProcessBuilder("id", "-u").start();
            String user = new String(process.getInputStream().readAllBytes()).trim();
            if (!user.equals("0")) throw new SecurityException(user);
            return user;
        });
        System.out.println(System.getenv().keySet());
        System.out.println(ManagementFactory.getRuntimeMXBean().getInputArguments().stream().anyMatch(a -> a.contains("agent")) ? "LEAK agent" : "no agent");
    }
}
