"""Names as long and as odd as the kernel takes them: nobody who cleans up may stumble."""
import os

odd = ["-rf", "--help", "\n", " ", "*", "$(id)", "`id`", "a;id", "\x1b[2J", "ä" * 127, "n" * 255, "..." , "\udcff\udcfe"]
for folder in ("/tmp", "/box", "/out"):
    for name in odd:
        with open(os.path.join(folder.encode(), os.fsencode(name)), "wb") as file:
            file.write(b"odd")
try:
    open("/tmp/" + "n" * 256, "w")
    print("LEAK a name of 256 bytes")
except OSError as error:
    print("DENIED long name", error.errno)
try:
    open("/tmp/" + "./" * 2048 + "x", "w")
    print("LEAK a path of 4096 bytes")
except OSError as error:
    print("DENIED long path", error.errno)
