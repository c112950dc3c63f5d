"""Ends with the code that others take for a memory kill."""
import sys

sys.exit(137)
