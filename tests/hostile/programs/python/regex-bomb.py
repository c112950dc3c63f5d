"""Backtracks for longer than the universe has lasted, inside one call that no signal handler interrupts."""
import re, signal

for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
print(re.match(r"(a|a|aa)+$", "a" * 60 + "b"))
