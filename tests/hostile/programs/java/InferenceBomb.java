import java.util.function.Function;

/** Overload resolution and inference nested in each other: at every level the compiler tries each combination. */
public class InferenceBomb {
    static <T> T call(Function<Object, T> function, Integer hint) { return function.apply(hint); }
    static <T> T call(Function<Object, T> function, String hint) { return function.apply(hint); }
    static <T> T call(Function<Object, T> function, Long hint) { return function.apply(hint); }

    public static void main(String[] args) {
        System.out.println("compiled " + call(a -> call(b -> call(c -> call(d -> call(e -> call(f -> call(g -> call(h ->
            call(i -> call(j -> call(k -> call(l -> call(m -> call(n -> call(o -> call(p ->
            call(q -> call(r -> call(s -> call(t -> 42, 1), 2), 3), 4), 5), 6), 7), 8), 9), 10), 11), 12), 13), 14),
            15), 16), 17), 18), 19), 20));
    }
}
