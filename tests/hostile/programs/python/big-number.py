"""One expression, no loop: the interpreter never looks up from it."""
print(len(bin(7 ** 7 ** 9)))
