n, *numbers = [4, 1, 2, 3, 4]


def total(values):
    result = 0
    index = 0
    while True:
        if index >= len(values):
            return result
        result += values[index]
        index += 1


print(n, total(numbers))
