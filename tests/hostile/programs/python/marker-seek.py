"""Looks wherever another execution could have left its word, and prints what it finds."""
import ctypes, os, socket

def show(where, what):
    if what:
        print("FOUND", where, what)

for folder in ("/tmp", "/box", "/out", "/dev/shm", "/var/tmp", "/run", "/run/lock", "/home"):
    try:
        show(folder, open(f"{folder}/marker").read())
    except OSError:
        pass
    try:
        names = set(os.listdir(folder)) - {os.path.basename(__file__), "__pycache__", "lock", "shm"}
        print("listing", folder, sorted(names))
    except OSError:
        pass
libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p
segment = libc.shmget(0x4D41524B, 0, 0)
if segment >= 0:
    show("shared memory", ctypes.string_at(libc.shmat(segment, None, 0), 64))
show("message queue", max(libc.msgget(0x4D41524B, 0), -1) + 1)
key = libc.syscall(249, b"user", b"marker", None, 0)
show("key", max(key, 0))
for name in ("shm", "msg", "sem"):
    try:
        show(f"sysvipc {name}", open(f"/proc/sysvipc/{name}").read().splitlines()[1:])
    except OSError:
        pass
for family, address in ((socket.AF_UNIX, "\0marker"), (socket.AF_INET, ("127.0.0.1", 47113))):
    try:
        with socket.socket(family) as client:
            client.settimeout(0.5)
            client.connect(address)
            show(f"socket {address!r}", client.recv(100))
    except OSError:
        pass
show("host name", socket.gethostname() if "MARK" in socket.gethostname() else "")
for pid in filter(str.isdigit, os.listdir("/proc")):
    for kind in ("cmdline", "comm", "environ"):
        try:
            text = open(f"/proc/{pid}/{kind}", "rb").read()
            show(f"process {pid} {kind}", text if b"MARK" in text else b"")
        except OSError:
            pass
try:
    show("unix sockets", [line for line in open("/proc/net/unix") if "marker" in line])
except OSError:
    pass
print("sought")
