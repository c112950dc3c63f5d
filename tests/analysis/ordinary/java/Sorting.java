import java.util.*;

public class Main {
    static <T extends Comparable<T>> void sort(List<T> items) {
        for (int i = 1; i < items.size(); i++) {
            T item = items.get(i);
            int j = i - 1;
            while (j >= 0 && items.get(j).compareTo(item) > 0) {
                items.set(j + 1, items.get(j));
                j--;
            }
            items.set(j + 1, item);
        }
    }

    public static void main(String[] args) {
        List<Integer> numbers = new ArrayList<>(List.of(5, 2, 9, 1));
        sort(numbers);
        numbers.remove(Integer.valueOf(9));
        numbers.sort(Comparator.reverseOrder());
        System.out.println(numbers);
    }
}
