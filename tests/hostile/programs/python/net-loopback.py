"""The host's own loopback: the service itself and a listener that the test has put there, by every address."""
import errno, socket, sys

service, canary = int(sys.argv[1]), int(sys.argv[2])
addresses = ["127.0.0.1", "127.0.0.2", "0.0.0.0", "::1", "::", "::ffff:127.0.0.1", *sys.argv[3:]]
for port in (service, canary, 22, 53, 80, 111, 2375, 6379, 27017):
    for number, address in enumerate(addresses):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        for kind, name in ((socket.SOCK_STREAM, "tcp"), (socket.SOCK_DGRAM, "udp")):
            what = "service" if port == service else "canary" if port == canary else str(port)
            label = f"{name} {what} {number}"
            try:
                with socket.socket(family, kind) as client:
                    client.settimeout(1)
                    client.connect((address, port))
                    client.sendall(b"GET /health HTTP/1.0\r\n\r\n")
                    print("LEAK", label, client.recv(200))
            except OSError as error:
                print("DENIED", label, errno.errorcode.get(error.errno, type(error).__name__))
