"""Prints every environment and command line within reach."""
import os

for name, value in sorted(os.environ.items()):
    print(f"own {name}={value}")
for pid in sorted(filter(str.isdigit, os.listdir("/proc")), key=int):
    for kind in ("environ", "cmdline", "task/" + pid + "/environ"):
        try:
            with open(f"/proc/{pid}/{kind}", "rb") as file:
                print(kind.split("/")[-1], "of", "this" if int(pid) == os.getpid() else "another", file.read())
        except OSError as error:
            print("DENIED", pid, kind, error.errno)
allowed = {"PATH", "HOME", "LANG", "TMPDIR", "USER", "LC_CTYPE"}
extra = [name for name in os.environ if name not in allowed and not name.startswith("PYTHON")]
print("LEAK " + " ".join(extra) if extra else "clean environment")
