import java.io.*;
import java.nio.file.*;
import java.util.List;

public class Main {
    public static void main(String[] args) throws IOException {
        Path path = Files.createTempFile("notes", ".txt");
        Files.write(path, List.of("one", "two"));
        try (BufferedReader reader = Files.newBufferedReader(path)) {
            String line;
            while ((line = reader.readLine()) != null) System.out.println(line.toUpperCase());
        }
        File file = path.toFile();
        System.out.println(file.exists() + " " + file.length());
    }
}
