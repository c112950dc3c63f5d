"""The child dies for its memory, the parent says that all is well."""
import subprocess, sys

child = subprocess.run([sys.executable, "-c", "block = b'x' * (1 << 30); print('LEAK', len(block))"])
print("child ended with", child.returncode)
sys.exit(0)
