"""Floods the other stream."""
import sys

for count in range(2_000_000):
    sys.stderr.write("E" * 200 + "\n")
