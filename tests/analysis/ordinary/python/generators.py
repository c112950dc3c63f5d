from itertools import count, islice


def squares():
    n = 0
    while True:
        yield n * n
        n += 1


def primes():
    found = []
    for n in count(2):
        if all(n % p for p in found):
            found.append(n)
            yield n


print(list(islice(squares(), 5)), list(islice(primes(), 5)))
