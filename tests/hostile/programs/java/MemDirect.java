import java.io.RandomAccessFile;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;

/** Memory outside the heap: mapped files in a memory-backed folder, filled through the mapping. */
public class MemDirect {
    public static void main(String[] args) throws Exception {
        byte[] block = new byte[1 << 20];
        java.util.Arrays.fill(block, (byte) 7);
        for (int number = 0; number < 64; number++) {
            try (RandomAccessFile file = new RandomAccessFile("/tmp/mapped-" + number, "rw")) {
                MappedByteBuffer area = file.getChannel().map(FileChannel.MapMode.READ_WRITE, 0, 32 << 20);
                for (int part = 0; part < 32; part++) area.put(block);
            }
        }
        System.out.println("LEAK 2 GiB mapped");
    }
}
