/** Threads until refused. */
public class ThreadBomb {
    public static void main(String[] args) throws Exception {
        int count = 0;
        try {
            for (; count < 5000; count++) {
                Thread thread = new Thread(null, () -> {
                    try {
                        Thread.sleep(20_000);
                    } catch (InterruptedException ended) {
                        Thread.currentThread().interrupt();
                    }
                }, "bomb", 65536);
                thread.setDaemon(true);
                thread.start();
            }
            System.out.println("LEAK 5000 threads at once");
        } catch (OutOfMemoryError refused) {
            System.out.println("DENIED thread after " + count);
        }
        Runtime.getRuntime().halt(0);
    }
}
