package java.lang;

/** Pretends to be part of the platform. */
public class LangPackage {
    public static void main(String[] args) {
        System.out.println("LEAK inside java.lang");
    }
}
