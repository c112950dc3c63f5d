"""Walks everything that can be reached, through every process's doors too, and prints files that hold the word."""
import os, stat

# Not written out, so that this file does not find itself.
word = b"CODEEXEC-" + b"CANARY"
skipped = ("/usr", "/proc", "/opt")
found = looked = 0

def look(path):
    global found, looked
    try:
        mode = os.lstat(path).st_mode
        if not stat.S_ISREG(mode):
            return
        with open(path, "rb") as file:
            content = file.read(65536)
    except OSError:
        return
    looked += 1
    if word in content or word in os.fsencode(path):
        found += 1
        print("LEAK", path, content[:200])

def walk(root):
    for folder, folders, files in os.walk(root):
        if root == "/":
            folders[:] = [name for name in folders if not os.path.join(folder, name).startswith(skipped)]
        for name in files:
            look(os.path.join(folder, name))
        if looked > 20000:
            return

walk("/")
for pid in filter(str.isdigit, os.listdir("/proc")):
    for name in ("environ", "cmdline", "maps", "status"):
        look(f"/proc/{pid}/{name}")
    for door in ("root/tmp", "root/root", "root/var/lib", "cwd"):
        walk(f"/proc/{pid}/{door}")
for number in range(3, 300):
    look(f"/dev/fd/{number}")
print("found", found)
