/** Ordinary; what is sent along with it is not. */
@Deprecated
public class Victim {
    public static void main(String[] args) {
        System.out.println("compiled as usual");
    }
}
