import java.util.List;

/** Refused by the compiler in the usual ways; compiled while the image is made, as Typical is. */
public class Broken {
    public static void main(String[] args) {
        int number = "text";
        List<String> words = List.of(1, 2);
        undefined(number);
        String unfinished = words.get(0)
        Missing missing = new Missing();
    }
}
