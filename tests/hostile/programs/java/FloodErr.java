/** Stack traces without end. */
public class FloodErr {
    static void deep(int depth) {
        if (depth == 0) throw new IllegalStateException("flood");
        deep(depth - 1);
    }

    public static void main(String[] args) {
        for (int count = 0; count < 100_000; count++) {
            try {
                deep(200);
            } catch (IllegalStateException flood) {
                flood.printStackTrace();
            }
        }
    }
}
