import type { Rule } from '../../../engine/rule.js'

export const systemCommand: readonly Rule[] = [
  {
    id: 'python/os-command',
    category: 'system-command',
    severity: 'critical',
    message:
      '`{name}` runs another program of the system. Most of what shells are called for has a function in `os`, `shutil` or `pathlib`.',
    match: [
      {
        calls: [
          'os.system',
          'os.popen*',
          'os.exec*',
          'os.spawn*',
          'os.posix_spawn*',
          'os.startfile',
          'posix.system',
          'pty.spawn',
          'commands.get*',
          'platform.popen',
        ],
      },
    ],
    finds: [
      'import os\nos.system("ls")',
      'import os as o\no.system("ls")',
      'from os import system as run\nrun("ls")',
      'import os\nprint(os.popen("id").read())',
      'import os\nos.execvp("ls", ["ls"])',
      'from os import *\nsystem("ls")',
      '__import__("os").system("ls")',
      'import importlib\nimportlib.import_module("os").system("ls")',
      'import os\ngetattr(os, "system")("ls")',
      'import os\nshell = os.system\nshell("ls")',
      'import os\ntry:\n    pass\nfinally:\n    os.system("ls")',
      'import os\nlist(map(os.system, ["ls"]))',
    ],
    ignores: [
      'import os\nprint(os.path.join("a", "b"), os.getcwd(), os.environ.get("HOME"))',
      'class Disk:\n    def system(self, x): ...\nos = Disk()\nos.system("ls")',
      'def system(text):\n    print(text)\nsystem("ls")',
      'import platform\nprint(platform.system())',
      'from . import os\nos.system("ls")',
      'def f(os):\n    os.system("ls")',
      'text = "os.system(1)"',
    ],
  },
  {
    id: 'python/subprocess',
    category: 'system-command',
    severity: 'critical',
    message:
      '`{name}` starts another program. With `shell=True` its text is read by a shell, which runs anything in it.',
    match: [
      {
        calls: [
          'subprocess.run',
          'subprocess.call',
          'subprocess.check_call',
          'subprocess.check_output',
          'subprocess.Popen',
          'subprocess.getoutput',
          'subprocess.getstatusoutput',
          'asyncio.create_subprocess_*',
          'asyncio.subprocess.create_subprocess_*',
          'pexpect.spawn',
          'pexpect.run',
          'sh.*',
        ],
      },
    ],
    finds: [
      'import subprocess\nsubprocess.run(["ls"])',
      'from subprocess import run\nrun("ls", shell=True)',
      'from subprocess import Popen as P, PIPE\nP(["ls"], stdout=PIPE).communicate()',
      'import subprocess as sp\nout = sp.check_output("id").decode()',
      'import asyncio\nasync def main():\n    await asyncio.create_subprocess_shell("ls")',
      'from functools import partial\nimport subprocess\nrun = partial(subprocess.run, check=True)\nrun(["ls"])',
    ],
    ignores: [
      'def run(x):\n    return x\nrun("ls")',
      'import asyncio\nasync def main(): ...\nasyncio.run(main())',
      'import subprocess\ntry:\n    pass\nexcept subprocess.CalledProcessError:\n    pass',
      'import subprocess\ndef is_process(x):\n    return isinstance(x, subprocess.Popen)',
      'app.run(debug=True)\nself.call("x")',
    ],
  },
  {
    id: 'python/process',
    category: 'system-command',
    severity: 'high',
    message:
      '`{name}` makes or ends processes directly. Copies that make copies use up the process limit; use `concurrent.futures` to share out work.',
    match: [{ calls: ['os.fork', 'os.forkpty', 'pty.fork', 'os.kill', 'os.killpg'] }],
    finds: [
      'import os\nwhile os.fork() >= 0:\n    pass',
      'from os import kill, getpid\nkill(getpid(), 9)',
      'import pty\npty.fork()',
    ],
    ignores: [
      'from multiprocessing import Pool\nwith Pool(2) as pool:\n    pool.map(len, ["a"])',
      'class Enemy:\n    def kill(self): ...\nEnemy().kill()',
      'import os\nprint(os.getpid())',
      'def fork(path): ...\nfork("left")',
    ],
  },
  {
    id: 'python/native-code',
    category: 'system-command',
    severity: 'high',
    message: '`{name}` calls machine code outside Python, where no check of the language holds.',
    match: [
      {
        calls: [
          'ctypes.CDLL',
          'ctypes.PyDLL',
          'ctypes.cdll.*',
          'ctypes.util.find_library',
          'ctypes.string_at',
          'ctypes.memmove',
          'cffi.FFI().dlopen',
          'cffi.FFI().verify',
        ],
      },
    ],
    finds: [
      'import ctypes\nlibc = ctypes.CDLL("libc.so.6")',
      'from ctypes import cdll\ncdll.LoadLibrary("x.so")',
      'import ctypes\nprint(ctypes.string_at(0))',
    ],
    ignores: [
      'import ctypes\nn = ctypes.c_uint8(300).value',
      'class CDLL: ...\nCDLL()',
      'import struct\nstruct.pack("<I", 1)',
    ],
  },
]
