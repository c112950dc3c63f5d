"""Attempts that no interface ever sees, but that the kernel counts for the whole network namespace."""
import socket

for family, address in ((socket.AF_INET, ("203.0.113.1", 9)), (socket.AF_INET6, ("2001:db8::1", 9))):
    for count in range(500):
        with socket.socket(family, socket.SOCK_DGRAM) as client:
            try:
                client.sendto(b"x", address)
                print("LEAK sent")
            except OSError:
                pass
print("left")
