import threading
from concurrent.futures import ThreadPoolExecutor

total = 0
lock = threading.Lock()


def add(n):
    global total
    with lock:
        total += n


with ThreadPoolExecutor(max_workers=4) as pool:
    list(pool.map(add, range(100)))
print(total)
