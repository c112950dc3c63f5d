import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.URI;
import java.util.Collections;

/** The service, the host's listener, an outside address and a name, by the runtime's own clients. */
public class NetConnect {
    interface Attempt {
        Object make() throws Exception;
    }

    static void attempt(String name, Attempt attempt) {
        try {
            System.out.println("LEAK " + name + " " + attempt.make());
        } catch (Exception refused) {
            System.out.println("DENIED " + name + " " + refused.getClass().getSimpleName());
        }
    }

    static Object connect(String host, int port) throws Exception {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), 1000);
            return socket;
        }
    }

    public static void main(String[] args) throws Exception {
        int service = Integer.parseInt(args[0]);
        int canary = Integer.parseInt(args[1]);
        attempt("service", () -> connect("127.0.0.1", service));
        attempt("canary", () -> connect("127.0.0.1", canary));
        attempt("canary6", () -> connect("::1", canary));
        attempt("outside", () -> connect("203.0.113.1", 80));
        attempt("http", () -> ((HttpURLConnection) URI.create("http://127.0.0.1:" + service + "/health").toURL().openConnection()).getResponseCode());
        attempt("name", () -> InetAddress.getByName("example.com"));
        attempt("datagram", () -> {
            try (DatagramSocket socket = new DatagramSocket()) {
                socket.send(new DatagramPacket(new byte[4], 4, new InetSocketAddress("198.51.100.1", 53)));
                return "sent";
            }
        });
        for (NetworkInterface one : Collections.list(NetworkInterface.getNetworkInterfaces()))
            System.out.println(one.isLoopback() ? "only loopback" : "LEAK interface " + one.getName());
    }
}
