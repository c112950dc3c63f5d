import java.time.*;
import java.time.format.DateTimeFormatter;

public class Main {
    public static void main(String[] args) {
        LocalDate day = LocalDate.of(2024, Month.FEBRUARY, 28);
        for (int i = 0; i < 3; i++) {
            System.out.println(day.plusDays(i).format(DateTimeFormatter.ISO_DATE) + " " + day.plusDays(i).getDayOfWeek());
        }
        System.out.println(Duration.ofMinutes(90));
    }
}
