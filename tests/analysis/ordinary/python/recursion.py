import sys

sys.setrecursionlimit(5000)


def hanoi(n, source, target, spare, moves):
    if n == 0:
        return moves
    hanoi(n - 1, source, spare, target, moves)
    moves.append((source, target))
    return hanoi(n - 1, spare, target, source, moves)


def permutations(items):
    if not items:
        return [[]]
    return [[x] + rest for i, x in enumerate(items) for rest in permutations(items[:i] + items[i + 1 :])]


print(len(hanoi(5, "A", "C", "B", [])), permutations([1, 2, 3])[:2])
