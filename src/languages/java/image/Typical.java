import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Scanner;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Uses what programs commonly use, of the language and of its library. Compiled and run while the image is made, so
 * that the class archives of the compiler and of the runtime hold what programs will need. With an argument it also
 * loads the classes that the JDK's own archive holds.
 */
public class Typical {
    sealed interface Shape permits Circle, Square {}

    record Circle(double radius) implements Shape {}

    record Square(double side) implements Shape {}

    enum Level {
        LOW,
        HIGH;

        Level next() {
            return values()[(ordinal() + 1) % values().length];
        }
    }

    abstract static class Animal implements Comparable<Animal> {
        protected final String name;

        Animal(String name) {
            this.name = Objects.requireNonNull(name);
        }

        abstract String sound();

        @Override
        public int compareTo(Animal other) {
            return name.compareTo(other.name);
        }

        @Override
        public String toString() {
            return "%s says %s".formatted(name, sound());
        }
    }

    static class Dog extends Animal {
        Dog(String name) {
            super(name);
        }

        @Override
        String sound() {
            return "woof";
        }
    }

    static class Stack<T> {
        private final ArrayDeque<T> items = new ArrayDeque<>();

        void push(T item) {
            items.push(item);
        }

        Optional<T> pop() {
            return items.isEmpty() ? Optional.empty() : Optional.of(items.pop());
        }
    }

    static class ProgramException extends RuntimeException {
        ProgramException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    static double area(Shape shape) {
        return switch (shape) {
            case Circle circle -> Math.PI * circle.radius() * circle.radius();
            case Square(double side) -> side * side;
        };
    }

    static long fibonacci(int n) {
        return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
    }

    static <T, R> List<R> map(List<? extends T> items, Function<? super T, ? extends R> function) {
        List<R> mapped = new ArrayList<>();
        for (T item : items) mapped.add(function.apply(item));
        return mapped;
    }

    public static void main(String[] args) throws Exception {
        if (args.length > 0) loadListed(Path.of(System.getProperty("java.home"), "lib", "classlist"));
        input();
        collections();
        streams();
        text();
        concurrency();
        failures();
    }

    private static void loadListed(Path list) throws IOException {
        for (String line : Files.readAllLines(list)) {
            if (line.isEmpty() || line.startsWith("#") || line.startsWith("@")) continue;
            try {
                Class.forName(line.split(" ")[0].replace('/', '.'), false, null);
            } catch (ClassNotFoundException | LinkageError absent) {
                // Made while running, or not of the boot loader: of no use in the list.
            }
        }
    }

    private static void input() throws IOException {
        BufferedReader reader = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String first = reader.readLine();
        System.out.println("Line: " + first);
        Scanner scanner = new Scanner(reader);
        int sum = 0;
        while (scanner.hasNextInt()) sum += scanner.nextInt();
        if (scanner.hasNextDouble()) System.out.println(scanner.nextDouble());
        System.out.println("Sum: " + sum + ", parsed " + Integer.parseInt("42") + Double.parseDouble("1.5"));
    }

    private static void collections() {
        Map<String, Integer> counts = new TreeMap<>();
        for (String word : "the quick brown fox jumps over the lazy dog".split(" ")) counts.merge(word, 1, Integer::sum);
        counts.forEach((word, count) -> System.out.print(word + "=" + count + " "));
        Map<Character, List<String>> byLetter = new HashMap<>();
        counts.keySet().forEach(word -> byLetter.computeIfAbsent(word.charAt(0), key -> new ArrayList<>()).add(word));
        PriorityQueue<int[]> queue = new PriorityQueue<>(Comparator.comparingInt(pair -> pair[1]));
        queue.add(new int[] {1, 9});
        queue.add(new int[] {2, 3});
        LinkedList<Integer> linked = new LinkedList<>(List.of(3, 1, 2));
        Collections.sort(linked);
        HashSet<Object> set = new HashSet<>(Arrays.asList(1, "two", 3.0, 'c', true, null));
        LinkedHashMap<String, Object> ordered = new LinkedHashMap<>(Map.of("a", 1));
        int[][] grid = new int[3][4];
        Arrays.fill(grid[0], 7);
        System.out.println(Arrays.deepToString(grid) + queue.peek()[0] + linked + set.size() + ordered + byLetter);
        Stack<String> stack = new Stack<>();
        stack.push("top");
        System.out.println(stack.pop().orElse("none") + stack.pop().isPresent());
        List<Animal> animals = new ArrayList<>(List.of(new Dog("Rex"), new Dog("Ada")));
        Collections.sort(animals);
        for (Animal animal : animals) System.out.println(animal);
    }

    private static void streams() {
        System.out.println(IntStream.rangeClosed(1, 10).filter(n -> n % 2 == 0).mapToObj(Integer::toString)
            .collect(Collectors.joining(", ", "[", "]")));
        System.out.println(Stream.of("b", "a", "c").sorted(Comparator.reverseOrder()).toList());
        System.out.println(Stream.iterate(1, n -> n * 2).limit(8).mapToInt(Integer::intValue).sum());
        System.out.println(Stream.of("one", "two", "three").collect(Collectors.groupingBy(String::length)));
        System.out.println(Stream.of(1, 2, 3).reduce(0, Integer::sum) + map(List.of(1, 2), n -> n + 1).get(0));
        Supplier<Shape> supplier = () -> new Square(2);
        System.out.printf("%.2f %5d|%-5s|%x%n", area(supplier.get()) + area(new Circle(1)), 42, "ab", 255);
    }

    private static void text() {
        StringBuilder builder = new StringBuilder();
        for (char letter = 'a'; letter < 'f'; letter++) builder.append(letter).append(',');
        builder.setLength(builder.length() - 1);
        StringJoiner joiner = new StringJoiner("-");
        joiner.add(builder.reverse()).add("x".repeat(3)).add(String.valueOf(1L)).add("Hi".toUpperCase().trim());
        System.out.println(joiner + " " + "a1b22".replaceAll("[0-9]+", "#") + "%d".formatted(fibonacci(10)));
        String block = """
            Text of
            two lines
            """;
        block.lines().forEach(System.out::println);
        System.out.println(BigInteger.TWO.pow(100) + " " + LocalDate.of(2024, 2, 29).plusYears(1) + Duration.ofSeconds(90));
        System.out.println(Level.LOW.next() + " " + new Random(7).nextInt(100) + Math.sqrt(2) + (char) ('a' + 1));
        Object value = 12;
        String kind = value instanceof Integer number && number > 10 ? "large" : "small";
        System.out.println(kind + switch (kind.length()) { case 5 -> 'y'; default -> 'n'; });
    }

    private static void concurrency() throws InterruptedException, ExecutionException {
        AtomicInteger counter = new AtomicInteger();
        ReentrantLock lock = new ReentrantLock();
        Map<Integer, Integer> shared = new ConcurrentHashMap<>();
        try (var executor = Executors.newFixedThreadPool(2)) {
            for (int task = 0; task < 4; task++) {
                int number = task;
                executor.submit(() -> {
                    lock.lock();
                    try {
                        shared.put(number, counter.incrementAndGet());
                    } finally {
                        lock.unlock();
                    }
                });
            }
            executor.shutdown();
            executor.awaitTermination(5, TimeUnit.SECONDS);
        }
        Thread thread = new Thread(counter::incrementAndGet);
        thread.start();
        thread.join();
        System.out.println(CompletableFuture.supplyAsync(() -> 20).thenApply(n -> n + 1).get() + shared.size());
        synchronized (lock) {
            System.out.println(counter.get());
        }
    }

    private static void failures() {
        try {
            throw new UncheckedIOException(new IOException("absent"));
        } catch (UncheckedIOException failure) {
            System.err.println(new ProgramException("wrapped", failure).getCause().getMessage());
        }
        try {
            Object[] none = new Object[0];
            System.out.println(none[1]);
        } catch (ArrayIndexOutOfBoundsException failure) {
            failure.printStackTrace();
        }
    }
}
