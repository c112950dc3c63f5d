import java.util.*;

class Repository<T> {
    private final Map<Integer, T> items = new HashMap<>();

    void save(int id, T item) { items.put(id, item); }
    boolean delete(int id) { return items.remove(id) != null; }
    Optional<T> load(int id) { return Optional.ofNullable(items.get(id)); }
    void exec(Runnable task) { task.run(); }
}

public class Main {
    public static void main(String[] args) {
        Repository<String> files = new Repository<>();
        files.save(1, "a");
        files.exec(() -> System.out.println(files.load(1).orElse("none")));
        System.out.println(files.delete(1));
    }
}
