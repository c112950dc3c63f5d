"""Reads what the kernel has counted in this network namespace: a fresh one has counted nothing of the sort."""

def counters(path):
    lines = [line.split() for line in open(path)]
    if path.endswith("snmp6"):
        return {line[0]: int(line[1]) for line in lines}
    return {
        f"{names[0]}{name}": int(value)
        for names, values in zip(lines[::2], lines[1::2])
        for name, value in zip(names[1:], values[1:])
    }

for path in ("/proc/net/snmp", "/proc/net/snmp6", "/proc/net/netstat"):
    for name, value in counters(path).items():
        if value != 0 and ("OutNoRoutes" in name or "OutDatagrams" in name or "ActiveOpens" in name or "OutRequests" in name):
            print("LEAK", name, value)
print("sought")
