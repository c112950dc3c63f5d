import type { FidelityCase } from './case.js'

/** Prints everything under `/proc/self` that does not change from run to run. */
const PROCESS = String.raw`
import os
def read(name):
    with open('/proc/' + name, 'rb') as file:
        return file.read()
print(os.getpid(), os.getppid(), os.getpgrp(), os.getsid(0), os.getcwd(), os.umask(0o22))
for name in ('comm', 'cmdline', 'environ', 'limits', 'oom_score_adj', 'cgroup', 'attr/current', '../1/comm'):
    try:
        print(name, read('self/' + name))
    except OSError as error:
        print(name, error)
print(os.readlink('/proc/self/exe'), os.readlink('/proc/self/cwd'), os.readlink('/proc/self/root'))
kept = ('Name', 'Umask', 'State', 'NSpid', 'Threads', 'Sig', 'Shd', 'Cap', 'NoNew', 'Seccomp', 'Groups', 'CoreDumping')
for line in read('self/status').decode().splitlines():
    if line.startswith(kept) and not line.startswith('SigQ'):
        print(line)
print(os.stat('/proc/self/mem').st_uid == os.getuid(), os.getresuid()[0] == os.getuid(), os.getgroups())
for fd in sorted(os.listdir('/proc/self/fd'), key=int)[:3]:
    print(fd, os.readlink('/proc/self/fd/' + fd).split(':')[0], os.stat(int(fd)).st_mode)
print(len(os.listdir('/proc/self/fd')), sorted(name for name in os.listdir('/proc') if name.isdigit()))
print(os.sched_getaffinity(0), os.nice(0), os.get_inheritable(1))
`

export const PYTHON_CASES: readonly FidelityCase[] = [
  {
    title: 'modules, flags, paths and the main module',
    code: String.raw`
import sys
main = sys.modules['__main__']
print(sys.argv, sys.orig_argv, __name__, __file__, __spec__, __loader__.__class__, __builtins__.__class__)
print({name: repr(value) for name, value in vars(main).items() if name not in ('__loader__', '__builtins__', 'main', 'sys')})
print(__loader__.name, __loader__.path)
print(sorted(sys.modules), sys.path, sys.flags, sys.executable, sys._base_executable, sys.prefix, sys._xoptions)
print(sorted(map(str, sys.path_importer_cache.items())), sys.meta_path, sys.path_hooks[0], sys.warnoptions)
print(sys.dont_write_bytecode, sys.pycache_prefix, sys.getrecursionlimit(), sys.getswitchinterval(), sys.platlibdir)
print(sys.gettrace(), sys.getprofile(), sys.excepthook, sys.displayhook, sys.int_info, sys.hash_info, sys.is_finalizing())
print(sorted(dir(sys)), sorted(dir(__builtins__)))
`,
  },
  { title: 'what the kernel shows of the process', code: PROCESS },
  {
    title: 'what the kernel shows of the process, with arguments',
    code: PROCESS,
    args: ['one', 'zwei ß', '-c', ''],
  },
  {
    title: 'arguments that are options, empty, or no UTF-8',
    code: 'import sys\nprint(sys.argv, sys.orig_argv)\nimport argparse\np = argparse.ArgumentParser()\np.add_argument("-x")\nprint(p.parse_args())',
    args: ['-x', '-v', '--', '', '\u{1f600}'],
  },
  {
    title: 'arguments that are wrong for the program',
    code: 'import argparse\np = argparse.ArgumentParser()\np.add_argument("-n", type=int)\np.parse_args()',
    args: ['-n', 'many'],
  },
  {
    title: 'standard streams',
    code: String.raw`
import sys, os
for stream in (sys.stdin, sys.stdout, sys.stderr, sys.__stdin__, sys.__stdout__, sys.__stderr__):
    print(stream, stream.line_buffering, stream.write_through, stream.newlines, stream.isatty(), stream.seekable())
    print(stream.buffer.raw, stream.fileno(), stream.buffer.raw.closefd, os.fstat(stream.fileno()).st_blksize)
    print(getattr(stream.buffer.raw, '_blksize', None), os.get_blocking(stream.fileno()))
print(repr(sys.stdin.readline()), repr(input('? ')), sys.stdin.buffer.read())
try:
    input()
except EOFError as error:
    print(repr(error))
sys.stdout.write('no end of line')
sys.stderr.write('nor here')
`,
    stdin: 'first\nsecond\nthird \u00e9\n',
  },
  {
    title: 'order of output and errors, and unwritten output at the end',
    code: 'import sys, os\nprint("kept")\nos.write(1, b"first\\n")\nsys.stderr.write("error\\n")\nprint("x" * 20000)\nos._exit(4)',
  },
  {
    title: 'signals',
    code: String.raw`
import signal, os
print([(int(number), str(signal.getsignal(number))) for number in sorted(signal.valid_signals())])
print(signal.pthread_sigmask(signal.SIG_BLOCK, []), signal.getitimer(signal.ITIMER_REAL), signal.siginterrupt(10, True))
signal.signal(signal.SIGUSR1, lambda number, frame: print('got', number))
os.kill(os.getpid(), signal.SIGUSR1)
signal.raise_signal(signal.SIGUSR1)
signal.alarm(1)
try:
    signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.pause()
except KeyboardInterrupt:
    print('interrupted')
`,
  },
  {
    title: 'garbage collection, allocation and tracing',
    code: String.raw`
import gc, tracemalloc, faulthandler, sys
print(gc.get_threshold(), gc.get_freeze_count(), gc.isenabled(), gc.get_debug(), gc.get_stats(), gc.get_count())
print(gc.garbage, gc.callbacks, tracemalloc.is_tracing(), faulthandler.is_enabled(), len(gc.get_objects()))
print(sys.getallocatedblocks() // 200, sys.getrefcount(sys) )
print(gc.collect() >= 0)
`,
  },
  {
    title: 'recursion and the size of the stack',
    code: String.raw`
import sys, resource, json
def depth(n=0):
    try:
        return depth(n + 1)
    except RecursionError:
        return n
print(depth())
sys.setrecursionlimit(30000)
print(depth())
try:
    json.loads('[' * 100000)
except RecursionError as error:
    print(error)
for name in sorted(dir(resource)):
    if name.startswith('RLIMIT'):
        print(name, resource.getrlimit(getattr(resource, name)))
`,
  },
  {
    title: 'threads, futures and the main thread',
    code: String.raw`
import threading, os, _thread
from concurrent.futures import ThreadPoolExecutor
main = threading.main_thread()
print(main, main.native_id == os.getpid(), threading.get_native_id() == os.getpid(), main.ident == threading.get_ident())
print(threading.active_count(), threading.stack_size(), _thread.get_native_id() == os.getpid(), main.daemon)
with ThreadPoolExecutor(4) as pool:
    print(list(pool.map(lambda n: n * n, range(10))))
lock = threading.Lock()
thread = threading.Thread(target=lambda: print('in', threading.current_thread().name, lock.acquire()))
thread.start()
thread.join()
threading.Thread(target=lambda: 1 / 0, name='bad').start()
`,
  },
  {
    title: 'processes of its own',
    code: String.raw`
import os, subprocess, sys, multiprocessing
def double(n):
    return n * 2
if __name__ == '__main__':
    print(subprocess.run([sys.executable, '-c', 'import sys, os; print(sys.argv, sorted(os.environ), os.getpid() > 2)'],
                         capture_output=True, text=True))
    print(subprocess.run('echo $0 $PPID; env | sort', shell=True, capture_output=True, text=True).stdout)
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        print('child of', os.getppid(), flush=True)
        os._exit(7)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), pid)
    for method in ('fork', 'spawn', 'forkserver'):
        with multiprocessing.get_context(method).Pool(2) as pool:
            print(method, pool.map(double, [1, 2, 3]))
`,
  },
  {
    title: 'executing another program',
    code: `
import os, sys
print('before', flush=True)
os.execvp('python3', ['python3', '-c', 'import sys; print("executed", sys.argv, len(sys.modules))'])
`,
  },
  {
    title: 'as many processes as the limit allows',
    code: String.raw`
import os, time
count = 0
try:
    while True:
        if os.fork() == 0:
            time.sleep(20)
            os._exit(0)
        count += 1
except OSError as error:
    print(count, error)
os._exit(0)
`,
  },
  {
    title: 'clocks',
    code: String.raw`
import time
print(time.process_time() < 2, time.thread_time() < 2, time.perf_counter() > 0, abs(time.time() - time.time_ns() / 1e9) < 1)
start = time.perf_counter()
time.sleep(0.01)
print(0.009 < time.perf_counter() - start < 5, time.tzname, time.timezone, time.localtime().tm_zone)
before = time.process_time()
sum(range(1_000_000))
print(time.process_time() > before)
`,
  },
  {
    title: 'locale and encodings',
    code: String.raw`
import locale, sys, os
print(locale.getlocale(), locale.getpreferredencoding(), sys.getfilesystemencoding(), sys.getfilesystemencodeerrors())
print(locale.setlocale(locale.LC_ALL), locale.localeconv(), sys.getdefaultencoding(), sys.stdout.encoding, sys.stdout.errors)
print('é€\U0001f600', os.fsencode('\udcff'), 'é'.encode())
print('\udcff')
`,
  },
  {
    title: 'an uncaught exception',
    code: 'def inner():\n    raise ValueError("bad \u00e9")\n\n\ndef outer():\n    try:\n        inner()\n    except ValueError as error:\n        raise RuntimeError("worse") from error\n\n\nouter()\n',
  },
  {
    title: 'an exception with notes, in a group',
    code: 'e = ValueError("one")\ne.add_note("a note")\nraise ExceptionGroup("several", [e, TypeError("two")])\n',
  },
  { title: 'a syntax error', code: 'print("never")\ndef f(:\n    pass\n' },
  { title: 'an indentation error', code: 'if True:\nprint("never")\n' },
  { title: 'a name that is misspelt', code: 'import mathh\n' },
  { title: 'a suggestion in an error', code: 'value = 1\nprint(valeu)\n' },
  {
    title: 'an error in a module of its own',
    code: 'import other\n',
    files: { 'other.py': 'def f():\n    return 1 / 0\n\n\nf()\n' },
  },
  {
    title: 'objects that say when they go',
    code: String.raw`
import os, sys, gc
class Loud:
    def __init__(self, name):
        self.name = name
    def __del__(self):
        os.write(1, b'gone: ' + self.name.encode() + b'\n')
kept = Loud('of the main module')
sys.own = Loud('of sys')
os.environ.own = Loud('of an object of the library')
cycle = Loud('of a cycle')
cycle.self = cycle
function = lambda: None
function.own = Loud('of a function')
print('end')
`,
  },
  ...[
    [
      'an object without a dictionary',
      'class A:\n    __slots__ = ()\n    def __del__(self):\n        say("gone")\na = A()',
    ],
    ['a method added at last', 'class A:\n    pass\na = A()\nA.__del__ = lambda self: say("gone")'],
    [
      'a class',
      'class M(type):\n    def __del__(self):\n        say("gone")\nclass A(metaclass=M):\n    pass',
    ],
    [
      'a module',
      'import types\nclass M(types.ModuleType):\n    def __del__(self):\n        say("gone")\nsys.modules["m"] = M("m")',
    ],
    ['a subclass of a number', 'class A(int):\n    def __del__(self):\n        say("gone")\na = A(7)'],
    [
      'a weak reference with a function',
      'import weakref\nclass A:\n    pass\na = A()\nr = weakref.ref(a, lambda r: say("gone"))',
    ],
    [
      'a weak reference with a function of the library',
      'import weakref\nclass A:\n    pass\na = A()\nr = weakref.ref(a, print)',
    ],
    [
      'a proxy with a function',
      'import weakref\nclass A:\n    pass\na = A()\np = weakref.proxy(a, lambda p: say("gone"))',
    ],
    [
      'a proxy of what can be called',
      'import weakref\nclass A:\n    def __call__(self): pass\na = A()\np = weakref.proxy(a, lambda p: say("gone"))',
    ],
    ['a finalizer', 'import weakref\nclass A:\n    pass\na = A()\nweakref.finalize(a, say, "gone")'],
    [
      'a weak dictionary',
      'import weakref\nclass A:\n    pass\na = A()\nd = weakref.WeakKeyDictionary({a: 1})\nsay(len(d))',
    ],
    [
      'a generator that waits',
      'def f():\n    try:\n        yield 1\n    finally:\n        say("gone")\ng = f()\nnext(g)',
    ],
    ['a coroutine that nobody awaited', 'async def f():\n    pass\nc = f()'],
    ['an error in what goes', 'class A:\n    def __del__(self):\n        1 / 0\na = A()'],
    [
      'tracing what goes',
      'class A:\n    def __del__(self):\n        pass\na = A()\nsys.settrace(lambda *a: say(a[1]))',
    ],
    [
      'who listens to the collector',
      'import gc\ngc.callbacks.append(lambda *a: say("collects"))\ndel sys.modules["gc"], gc',
    ],
    ['a collector that reports', 'import gc\ngc.set_debug(gc.DEBUG_UNCOLLECTABLE | gc.DEBUG_SAVEALL)'],
    [
      'a collector that is switched off',
      'import gc\ngc.disable()\nclass A:\n    def __del__(self):\n        say("gone")\na = A()\na.a = a\ndel a',
    ],
    [
      'objects that were frozen',
      'import gc\nclass A:\n    def __del__(self):\n        say("gone")\na = A()\ngc.freeze()',
    ],
    [
      'hooks for auditing',
      'getattr(sys, "addaudit" + "hook")(lambda event, _: say(event) if "lear" in event else None)',
    ],
    [
      'a file that was not closed',
      'import warnings\nwarnings.simplefilter("always")\nf = open("f", "w")\nf.write("x")',
    ],
    [
      'a folder that was not closed',
      'import warnings\nwarnings.simplefilter("always")\nit = os.scandir("/")\nnext(it)',
    ],
    ['a folder that was closed', 'say(len(os.listdir("/etc")) > 3)'],
    ['another output', 'import io\nsys.stdout = io.TextIOWrapper(sys.stdout.buffer)\nprint("unwritten")'],
    [
      'another output that fails',
      'class A:\n    def write(self, text): return 1\n    def flush(self): 1 / 0\nsys.stdout = A()',
    ],
    [
      'another output beside the old one',
      'import io\nprint("old")\nsys.stdout = io.StringIO()\nprint("new")',
    ],
    ['a method of the output', 'def flush():\n    say("flushes")\n    1 / 0\nsys.stdout.flush = flush'],
    ['a method of the output’s buffer', 'sys.stdout.buffer.close = lambda: say("closes")'],
    ['output that is detached', 'b = sys.stdout.detach()\nb.write(b"bytes\\n")'],
    ['output that cannot be written', 'print("x")\nos.close(1)'],
    ['output into a full device', 'print("x")\nos.dup2(os.open("/dev/full", os.O_WRONLY), 1)'],
    ['output that was closed', 'print("x")\nsys.stdout.close()'],
    [
      'a handler for interrupts',
      'import signal\nclass A:\n    def __call__(self, *a): pass\n    def __del__(self): say("gone")\nsignal.signal(signal.SIGINT, A())',
    ],
    ['a handler for another signal', 'import signal\nsignal.signal(signal.SIGTERM, lambda *a: say("got"))'],
    [
      'threads of the background',
      'import threading, time\nthreading.Thread(target=time.sleep, args=(9,), daemon=True).start()',
    ],
    [
      'what a thread keeps',
      'import threading\nl = threading.local()\nclass A:\n    def __del__(self): say("gone")\nl.a = A()',
    ],
    [
      'functions of C at the end',
      'import ctypes\nf = ctypes.CFUNCTYPE(None)(lambda: os.write(1, b"last\\n"))\nctypes.pythonapi.Py_AtExit(f)',
    ],
    [
      'a function at the end that makes an object',
      'import atexit\nclass A:\n    def __del__(self): say("gone")\nkept = []\natexit.register(lambda: kept.append(A()))',
    ],
    [
      'an error without a trace of it',
      'import atexit\natexit.register(lambda: [delattr(sys, n) for n in ("last_exc", "last_type", "last_value", "last_traceback")])\n1 / 0',
    ],
    ['leaving without a file name', 'del __file__\nsys.exit(3)'],
    [
      'an error that is kept',
      'class A:\n    def __del__(self): say("gone")\ndef f():\n    a = A()\n    1 / 0\nf()',
    ],
    ['an interrupt that nobody catches', 'raise KeyboardInterrupt'],
    [
      'a library',
      'import sqlite3\nc = sqlite3.connect("d")\nc.execute("create table t (n)")\nc.execute("insert into t values (1)")',
    ],
    [
      'many libraries',
      'import random, json, re, collections, itertools, functools, heapq, bisect, math, string, datetime, typing, dataclasses, enum, decimal, fractions, statistics, copy, logging, hashlib, bz2, lzma, zlib, uuid, subprocess, tempfile, asyncio, unittest',
    ],
    [
      'children that end',
      'for code in (0, 3):\n    if os.fork() == 0:\n        f = open("f", "w")\n        f.write("unwritten")\n        sys.exit(code)\n    say(os.waitstatus_to_exitcode(os.wait()[1]))\n    say(open("f").read())',
    ],
    [
      'children that are only copies',
      'pid = os.fork()\nprint("child" if pid == 0 else os.waitpid(pid, 0)[1])',
    ],
  ].map(([title, code]) => ({
    title: `the end of a program: ${title}`,
    code: `import os, sys\ndef say(text, write=os.write):\n    write(1, str(text).encode() + b"\\n")\n${code}\n`,
  })),
  { title: 'leaving with a number', code: 'import sys\nsys.exit(3)' },
  { title: 'leaving with a text', code: 'import sys\nsys.exit("said at the end")' },
  { title: 'leaving with nothing', code: 'raise SystemExit' },
  { title: 'leaving with a large number', code: 'exit(256 + 17)' },
  { title: 'leaving at once', code: 'import os\nprint("lost")\nos._exit(9)' },
  {
    title: 'leaving from an exit handler',
    code: 'import atexit, sys\natexit.register(lambda: print("last"))\natexit.register(lambda: 1 / 0)\natexit.register(sys.exit, 5)\nprint("first")',
  },
  { title: 'an interrupt that nobody catches', code: 'print("before")\nraise KeyboardInterrupt' },
  {
    title: 'an interrupt by a signal',
    code: 'import os, signal\nprint("before")\nos.kill(os.getpid(), signal.SIGINT)\nprint("never")',
  },
  {
    title: 'ending itself by SIGKILL',
    code: 'import os, signal\nprint("x", flush=True)\nos.kill(os.getpid(), signal.SIGKILL)',
  },
  { title: 'ending itself by SIGTERM', code: 'import os, signal\nos.kill(os.getpid(), signal.SIGTERM)' },
  { title: 'a segmentation fault', code: 'import ctypes\nprint("before", flush=True)\nctypes.string_at(8)' },
  {
    title: 'a segmentation fault that is reported',
    code: 'import ctypes, faulthandler, sys\nfaulthandler.enable()\nctypes.string_at(8)',
  },
  { title: 'abort', code: 'import os\nos.abort()' },
  {
    title: 'what is done at the end',
    code: 'import sys, weakref\nclass Thing:\n    def __del__(self):\n        print("deleted", sys.is_finalizing(), sys)\nthing = Thing()\nloop = [thing]\nloop.append(loop)\nweakref.finalize(thing, print, "finalized")\nclass Bad:\n    def __del__(self):\n        raise ValueError("while deleting")\nBad()\n',
  },
  { title: 'standard output that was closed', code: 'import sys, os\nprint("lost?")\nos.close(1)' },
  {
    title: 'threads that outlive the main one',
    code: 'import threading, time\ndef work():\n    time.sleep(0.05)\n    print("late")\nthreading.Thread(target=work).start()\nthreading.Thread(target=time.sleep, args=(50,), daemon=True).start()\nprint("main done")',
  },
  { title: 'a program that is not UTF-8', code: '# -*- coding: latin-1 -*-\nprint(len("é"))\n' },
  { title: 'an empty program', code: '' },
  {
    title: 'a byte-order mark and a first line for the shell',
    code: '\u{feff}#!/usr/bin/env python3\nprint("marked")',
  },
  { title: 'a byte that no program has', code: 'print("a\0b")' },
  {
    title: 'annotations, doctest and its own source',
    code: '"""A module.\n\n>>> 1 + 1\n3\n"""\nx: int = 1\nimport inspect, sys, doctest\nprint(__doc__, __annotations__, inspect.getsource(sys.modules["__main__"]))\nprint(doctest.testmod())',
  },
  {
    title: 'pickling and importing the main module',
    code: 'import pickle, __main__, runpy\nclass A:\n    pass\nprint(pickle.loads(pickle.dumps(A())).__class__, __main__.A is A)\nprint(sorted(runpy.run_path("other.py")))',
    files: { 'other.py': 'print(__name__)' },
  },
  {
    title: 'modules of its own, also those that hide the library',
    code: 'import random, pkg.inner, sys\nprint(random, random.value, pkg.inner.__file__, sys.modules["pkg"].__path__)',
    files: { 'random.py': 'value = 4', 'pkg/__init__.py': '', 'pkg/inner.py': '' },
  },
  {
    title: 'a module that is read at every start',
    code: 'print("main")',
    files: { 'sitecustomize.py': 'print("customized")' },
    plain: true,
  },
  {
    title: 'an encoding that hides the library',
    code: 'print("main")',
    files: { 'encodings/__init__.py': 'print("mine")' },
    plain: true,
  },
  {
    title: 'a main file of another name',
    code: 'import app',
    files: { 'app.py': 'import sys, __main__\nprint(sys.argv, __main__.__file__)' },
  },
  {
    title: 'asyncio, sockets and processes together',
    code: String.raw`
import asyncio
async def serve(reader, writer):
    writer.write((await reader.readline()).upper())
    await writer.drain()
    writer.close()
async def main():
    server = await asyncio.start_server(serve, '127.0.0.1', 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    writer.write(b'hello\n')
    print(await reader.read())
    process = await asyncio.create_subprocess_exec('echo', 'child', stdout=asyncio.subprocess.PIPE)
    print(await process.communicate())
    await asyncio.gather(*(asyncio.to_thread(print, n) for n in range(1)))
asyncio.run(main())
`,
  },
  {
    title: 'functions of the start that programs use',
    code: 'import site, builtins\nprint(site.ENABLE_USER_SITE, site.getsitepackages(), site.getusersitepackages(), builtins.exit, builtins.quit, builtins._sitebuiltins if hasattr(builtins, "_sitebuiltins") else None)\nprint(repr(builtins.copyright)[:20], help)',
  },
  {
    title: 'what prctl answers',
    code: String.raw`
import ctypes
libc = ctypes.CDLL(None)
value = ctypes.c_int(-1)
libc.prctl(2, ctypes.byref(value))
print('parent death signal', value.value, 'dumpable', libc.prctl(3), 'keep caps', libc.prctl(7), 'securebits', libc.prctl(27))
print('no new privs', libc.prctl(39, 0, 0, 0, 0), 'timer slack', libc.prctl(30), 'seccomp', libc.prctl(21))
print(ctypes.c_char_p.in_dll(libc, 'program_invocation_short_name').value, libc.getenv(b'LD_PRELOAD'))
`,
  },
  {
    title: 'what the kernel keeps for the C library, and the numbers of children',
    code: String.raw`
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
libc.pthread_self.restype = ctypes.c_void_p
own = libc.pthread_self()
head, size = ctypes.c_void_p(), ctypes.c_size_t()
if os.uname().machine == 'x86_64':
    print('robust list', libc.syscall(274, 0, ctypes.byref(head), ctypes.byref(size)), head.value - own, size.value)
    area = own + ctypes.c_ssize_t.in_dll(libc, '__rseq_offset').value
    # Refused where it is registered already.
    print('sequences', libc.syscall(334, ctypes.c_void_p(area), 32, 0, 0x53053053), ctypes.get_errno())
for _ in range(3):
    child = os.fork()
    if child == 0:
        os._exit(os.getpid() * 10 + os.getppid())
    print(child, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
`,
  },
  {
    title: 'more memory than allowed',
    code: 'print("start", flush=True)\nblocks = []\nwhile True:\n    blocks.append(bytearray(b"x" * (1 << 20)))',
    memoryMiB: 64,
  },
  {
    title: 'more CPU time than allowed',
    code: 'print("start", flush=True)\nwhile True:\n    pass',
    cpuTimeMs: 300,
  },
]
