# Sent under a name that looks like an option.
import sys

print("a file is a file", sys.argv[1:])
