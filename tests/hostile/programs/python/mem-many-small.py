"""Small objects in cycles that the collector must not free."""
import gc

gc.disable()
keep = []
for count in range(50_000_000):
    cycle = [count]
    cycle.append(cycle)
    keep.append(cycle)
print("LEAK fifty million cycles")
