/** Spins in main and, once asked to end, in the hook that runs at the end. */
public class SpinHook {
    static volatile long turns;

    static void spin() {
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (System.nanoTime() < deadline) turns++;
    }

    public static void main(String[] args) {
        Runtime.getRuntime().addShutdownHook(new Thread(SpinHook::spin));
        System.out.println("spinning");
        System.out.flush();
        spin();
    }
}
