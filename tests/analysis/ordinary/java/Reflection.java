import java.lang.annotation.*;

@Retention(RetentionPolicy.RUNTIME)
@interface Label {
    String value();
}

@Label("main")
public class Main {
    private static final Class<?> SELF = Main.class;

    public static void main(String[] args) {
        System.out.println(SELF.getSimpleName() + " " + SELF.getAnnotation(Label.class).value());
        System.out.println("x".getClass().getName());
    }
}
