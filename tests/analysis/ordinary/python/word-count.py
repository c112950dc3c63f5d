from collections import Counter
import re

text = "the quick brown fox jumps over the lazy dog the end"
pattern = re.compile(r"\w+")
counts = Counter(pattern.findall(text))
for word, count in counts.most_common(3):
    print(word, count)
