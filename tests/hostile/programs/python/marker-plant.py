"""Leaves the word it is given wherever something could outlive it or be seen by others, and waits a while."""
import ctypes, mmap, os, socket, sys, time

word, seconds = sys.argv[1], float(sys.argv[2])
for folder in ("/tmp", "/box", "/out", "/dev/shm", "/var/tmp", "/run", "/run/lock", "/home"):
    try:
        with open(f"{folder}/marker", "w") as file:
            file.write(word)
    except OSError:
        pass
libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p
segment = libc.shmget(0x4D41524B, 4096, 0o1666)
if segment >= 0:
    ctypes.memmove(libc.shmat(segment, None, 0), word.encode() + b"\0", len(word) + 1)
queue = libc.msgget(0x4D41524B, 0o1666)
if queue >= 0:
    message = ctypes.create_string_buffer((1).to_bytes(8, "little") + word.encode(), 72)
    libc.msgsnd(queue, message, 64, 2048)
libc.syscall(248, b"user", b"marker", word.encode(), ctypes.c_size_t(len(word)), -4)
abstract = socket.socket(socket.AF_UNIX)
abstract.bind("\0marker")
abstract.listen()
local = socket.create_server(("127.0.0.1", 47113))
for listener in (abstract, local):
    listener.settimeout(0.1)
libc.prctl(15, word[:15].encode(), 0, 0, 0)
try:
    socket.sethostname(word[:60])
except OSError:
    pass
print("planted", flush=True)
until = time.monotonic() + seconds
while time.monotonic() < until:
    for listener in (abstract, local):
        try:
            listener.accept()[0].sendall(word.encode())
        except OSError:
            pass
print("waited")
