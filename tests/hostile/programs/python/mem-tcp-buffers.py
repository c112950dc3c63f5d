"""Data that TCP holds for readers who never read, up to 256 MiB, accepted by a server or not."""
import socket
import sys
import time

kept, sent = [], 0
server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
server.bind(("127.0.0.1", 0))
server.listen(64)
for _ in range(60):
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 22)
    client.connect(server.getsockname())
    kept.append(client)
    if sys.argv[1] == "accepted":
        kept.append(server.accept()[0])
    client.setblocking(False)
    try:
        while sent < 256 << 20:
            sent += client.send(bytes(65536))
    except BlockingIOError:
        pass
print(sent >> 20, "MiB unread", flush=True)
time.sleep(10)
