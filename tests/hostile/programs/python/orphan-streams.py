"""Leaves ten processes in sessions of their own, each holding the streams open and deaf to signals."""
import os, signal, sys, time

for count in range(10):
    if os.fork() == 0:
        os.setsid()
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGPIPE):
            signal.signal(number, signal.SIG_IGN)
        signal.alarm(20)
        time.sleep(20)
        os._exit(0)
print("parent is done")
sys.stdout.flush()
os._exit(0)
