"""Its arguments as bytes, and its input."""
import os, sys

for argument in sys.argv[1:]:
    print(os.fsencode(argument).hex() + ".")
print(sys.stdin.buffer.read().hex())
