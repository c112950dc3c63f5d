import java.math.BigInteger;
import java.util.stream.Stream;

public class Main {
    public static void main(String[] args) {
        Stream.iterate(new BigInteger[] {BigInteger.ZERO, BigInteger.ONE}, p -> new BigInteger[] {p[1], p[0].add(p[1])})
            .limit(10)
            .map(pair -> pair[0])
            .forEach(System.out::println);
    }
}
