import java.util.EnumMap;
import java.util.Map;

enum Operation {
    ADD("+") { int apply(int a, int b) { return a + b; } },
    TIMES("*") { int apply(int a, int b) { return a * b; } };

    final String symbol;

    Operation(String symbol) { this.symbol = symbol; }

    abstract int apply(int a, int b);
}

public class Main {
    public static void main(String[] args) {
        Map<Operation, Integer> results = new EnumMap<>(Operation.class);
        for (Operation op : Operation.values()) results.put(op, op.apply(3, 4));
        System.out.println(results + " " + Operation.valueOf("ADD").symbol);
    }
}
