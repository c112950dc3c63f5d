import java.util.*;
import java.util.stream.Collectors;

record Person(String name, int age) {
    Person {
        if (age < 0) throw new IllegalArgumentException("age");
    }
}

public class Main {
    public static void main(String[] args) {
        List<Person> people = List.of(new Person("Ann", 30), new Person("Bob", 25));
        Map<Boolean, List<String>> byAge = people.stream()
            .collect(Collectors.partitioningBy(p -> p.age() > 26, Collectors.mapping(Person::name, Collectors.toList())));
        System.out.println(byAge);
    }
}
