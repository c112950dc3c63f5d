import java.util.ArrayList;
import java.util.List;

/** Fills the heap, catches the error that says so, and goes on. */
public class MemHeap {
    public static void main(String[] args) {
        List<byte[]> keep = new ArrayList<>();
        long kept = 0;
        int refusals = 0;
        while (kept < 4096 && refusals < 1000) {
            try {
                byte[] block = new byte[1 << 20];
                java.util.Arrays.fill(block, (byte) 1);
                keep.add(block);
                kept++;
            } catch (OutOfMemoryError refused) {
                refusals++;
            }
        }
        System.out.println(kept >= 4096 ? "LEAK 4 GiB of heap" : "refused " + refusals);
        System.exit(3);
    }
}
