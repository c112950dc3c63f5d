"""Uses nothing but time."""
import time

print("good night", flush=True)
time.sleep(20)
print("LEAK slept enough")
