import java.util.List;

class Socket {
    private final String place;

    Socket(String place) { this.place = place; }

    Socket connect(String plug) {
        System.out.println(plug + " in " + place);
        return this;
    }
}

public class Main {
    public static void main(String[] args) {
        for (Socket socket : List.of(new Socket("wall"), new Socket("floor"))) socket.connect("lamp");
    }
}
