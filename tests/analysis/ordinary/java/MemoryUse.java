public class Main {
    public static void main(String[] args) {
        Runtime runtime = Runtime.getRuntime();
        long before = runtime.totalMemory() - runtime.freeMemory();
        int[] block = new int[1_000_000];
        long after = runtime.totalMemory() - runtime.freeMemory();
        System.out.println(after >= 0 && before >= 0 && block.length > 0);
        System.out.println(runtime.availableProcessors() > 0);
        System.exit(0);
    }
}
