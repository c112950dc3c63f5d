inventory = {"apple": 3, "pear": 0}
removed = []
for name in list(inventory):
    if inventory[name] == 0:
        removed.append(name)
        del inventory[name]
words = ["a", "b"]
words.remove("a")
letters = {"x", "y"}
letters.discard("z")
print(inventory, removed, words, sorted(letters))
