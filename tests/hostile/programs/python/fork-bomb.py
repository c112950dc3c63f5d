"""Forks until refused, every child too."""
import errno, os, signal, time

signal.alarm(20)
count = 0
while count < 5000:
    try:
        if os.fork() == 0:
            signal.alarm(20)
            time.sleep(20)
            os._exit(0)
    except OSError as error:
        print("DENIED fork", errno.errorcode[error.errno], "after", count)
        break
    count += 1
else:
    print("LEAK 5000 processes at once")
