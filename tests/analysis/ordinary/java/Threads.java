import java.util.concurrent.*;
import java.util.concurrent.atomic.AtomicInteger;

public class Main {
    public static void main(String[] args) throws Exception {
        AtomicInteger total = new AtomicInteger();
        try (ExecutorService pool = Executors.newFixedThreadPool(4)) {
            for (int i = 0; i < 10; i++) {
                final int n = i;
                pool.submit(() -> total.addAndGet(n));
            }
        }
        CompletableFuture<Integer> future = CompletableFuture.supplyAsync(total::get).thenApply(x -> x * 2);
        System.out.println(future.get());
    }
}
