import random

secret = random.randint(1, 100)
tries = 0
low, high = 1, 100
while True:
    guess = (low + high) // 2
    tries += 1
    if guess == secret:
        print("Found it in", tries)
        break
    if guess < secret:
        low = guess + 1
    else:
        high = guess - 1
