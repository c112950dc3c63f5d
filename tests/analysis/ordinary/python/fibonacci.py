def fibonacci(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a


for i in range(11):
    print(f"Fibonacci({i}) = {fibonacci(i)}")
