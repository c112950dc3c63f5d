"""One object doubles until it can't."""
block = bytearray(1 << 20)
while len(block) < 1 << 31:
    block = block + block
print("LEAK 2 GiB")
