"""Files of the request named like modules of the interpreter: they are the program's own affair, no one else's."""
import json

print("shadowed" if hasattr(json, "shadow") else "LEAK the file was not found first")
