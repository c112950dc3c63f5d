"""Addresses reserved for documentation: the attempt must end at once for want of any way to them."""
import errno, socket

targets = [
    ("203.0.113.1", 80), ("198.51.100.1", 53), ("192.0.2.1", 443), ("169.254.169.254", 80), ("10.255.255.1", 22),
    ("224.0.0.1", 5353), ("255.255.255.255", 67), ("2001:db8::1", 80), ("fe80::1", 80), ("ff02::1", 5353),
]
for address, port in targets:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    for kind, name in ((socket.SOCK_STREAM, "tcp"), (socket.SOCK_DGRAM, "udp")):
        try:
            with socket.socket(family, kind) as client:
                client.settimeout(1)
                if kind == socket.SOCK_DGRAM:
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
                client.connect((address, port))
                client.sendall(b"anyone?")
                print("LEAK", name, address)
        except TimeoutError:
            print("LEAK", name, address, "went somewhere")
        except OSError as error:
            print("DENIED", name, address, errno.errorcode.get(error.errno, error))
for name in ("example.com", "localhost.localdomain", "metadata.google.internal"):
    try:
        found = socket.getaddrinfo(name, 80)
        print("LEAK" if any(item[4][0] not in ("127.0.0.1", "::1") for item in found) else "local", name)
    except OSError as error:
        print("DENIED dns", name)
