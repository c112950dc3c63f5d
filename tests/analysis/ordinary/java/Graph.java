import java.util.*;

public class Main {
    private final Map<String, Set<String>> edges = new TreeMap<>();

    void connect(String a, String b) {
        edges.computeIfAbsent(a, k -> new TreeSet<>()).add(b);
        edges.computeIfAbsent(b, k -> new TreeSet<>()).add(a);
    }

    List<String> reach(String start) {
        Deque<String> open = new ArrayDeque<>(List.of(start));
        Set<String> seen = new LinkedHashSet<>();
        while (!open.isEmpty()) {
            String node = open.poll();
            if (seen.add(node)) open.addAll(edges.getOrDefault(node, Set.of()));
        }
        return new ArrayList<>(seen);
    }

    public static void main(String[] args) {
        Main graph = new Main();
        graph.connect("a", "b");
        graph.connect("b", "c");
        System.out.println(graph.reach("a"));
    }
}
