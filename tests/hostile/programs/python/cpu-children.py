"""Each child computes for a moment and ends: CPU time of the dead counts."""
import os, time

deadline = time.monotonic() + 20
for count in range(5000):
    if time.monotonic() > deadline:
        break
    child = os.fork()
    if child == 0:
        until = time.process_time() + 0.03
        while time.process_time() < until:
            pass
        os._exit(0)
    os.waitpid(child, 0)
print("LEAK 150 seconds of CPU time")
