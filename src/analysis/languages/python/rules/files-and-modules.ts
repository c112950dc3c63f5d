import type { Rule } from '../../../engine/rule.js'

export const filesAndModules: readonly Rule[] = [
  {
    id: 'python/file-deletion',
    category: 'file-destruction',
    severity: 'high',
    message:
      '`{name}` deletes for good: nothing goes to a bin. Check the path first, and delete only what the program made.',
    match: [
      {
        calls: [
          'os.remove',
          'os.unlink',
          'os.rmdir',
          'os.removedirs',
          'os.truncate',
          'shutil.rmtree',
          'pathlib.*Path**.unlink',
          'pathlib.*Path**.rmdir',
          'send2trash.*',
        ],
      },
    ],
    finds: [
      'import shutil\nshutil.rmtree("/")',
      'from shutil import rmtree as wipe\nwipe("x")',
      'import os\nos.remove("x")',
      'from pathlib import Path\nPath("x").unlink()',
      'from pathlib import Path\np = Path("x")\n(p / "y").unlink(missing_ok=True)',
      'from pathlib import Path\nfor p in Path(".").glob("*"):\n    p.unlink()',
      'import pathlib\ndef clean(folder: pathlib.Path):\n    folder.rmdir()',
      'import os\nfor name in os.listdir("."):\n    os.unlink(name)',
    ],
    ignores: [
      'items = [1, 2]\nitems.remove(1)',
      'class Node:\n    def unlink(self): ...\nNode().unlink()',
      'import shutil\nshutil.copy("a", "b")',
      'from pathlib import Path\nprint(Path("x").exists(), Path("x").read_text())',
      'def remove(x): ...\nremove("x")',
      'import os\nos.rename("a", "b")\nos.makedirs("c")',
      'names = {"a"}\nnames.remove("a")',
    ],
  },
  {
    id: 'python/dynamic-import',
    category: 'dynamic-import',
    severity: 'high',
    message:
      '`{name}` loads a module by a name that is text, so no reader can tell which. A plain `import` says it, and a table of functions chooses between known ones.',
    match: [
      {
        calls: [
          'builtins.__import__',
          'importlib.__import__',
          'importlib.import_module',
          'importlib.reload',
          'importlib.util.spec_from_file_location',
          'importlib.machinery.SourceFileLoader',
          'imp.load_source',
          'imp.load_module',
          'pkgutil.get_loader',
        ],
      },
    ],
    finds: [
      '__import__("os")',
      'import importlib\nimportlib.import_module(name)',
      'from importlib import import_module as load\nload("os")',
      'import builtins\nbuiltins.__import__("sys")',
      'modules = list(map(__import__, ["os", "sys"]))',
    ],
    ignores: [
      'import os',
      'import importlib.metadata\nprint(importlib.metadata.version("pip"))',
      'def import_module(x): ...\nimport_module("os")',
      'loader.import_module("os")',
      'if __name__ == "__main__":\n    print(1)',
    ],
  },
  {
    id: 'python/unsafe-deserialisation',
    category: 'deserialisation',
    severity: 'medium',
    message:
      '`{name}` can run code that is hidden in the data. Load only what this program wrote itself; for anything else use `json`.',
    match: [
      {
        calls: [
          'pickle.load',
          'pickle.Unpickler',
          '_pickle.load*',
          'cPickle.load*',
          'dill.load*',
          'cloudpickle.load*',
          'marshal.load*',
          'shelve.open',
          'jsonpickle.decode',
          'joblib.load',
          'pandas.read_pickle',
          'torch.load',
          'yaml.unsafe_load*',
          'yaml.full_load*',
        ],
      },
      {
        calls: ['yaml.load', 'yaml.load_all'],
        where: { not: { has: { text: /^(yaml\.)?(C?SafeLoader|CBaseLoader|BaseLoader)$/ } } },
      },
      // `pickle.loads(pickle.dumps(x))` copies.
      {
        calls: ['pickle.loads'],
        where: { not: { fields: { arguments: { nth: { 0: { resolves: ['pickle.dumps()'] } } } } } },
      },
      {
        calls: ['numpy.load'],
        where: { has: { type: 'keyword_argument', text: /^allow_pickle\s*=\s*True$/ } },
      },
    ],
    finds: [
      'import pickle\npickle.loads(data)',
      'from pickle import load\nload(open("x", "rb"))',
      'import _pickle as p\np.loads(data)',
      'import marshal\nmarshal.loads(data)',
      'import yaml\nyaml.load(text)',
      'try:\n    import cPickle as pickle\nexcept ImportError:\n    import pickle\npickle.load(f)',
      'import numpy as np\nnp.load("x.npy", allow_pickle=True)',
    ],
    ignores: [
      'import json\njson.loads("[1]")',
      'import pickle\npickle.dumps([1])',
      'import pickle\ncopy = pickle.loads(pickle.dumps(tree))',
      'import yaml\nyaml.load(text, Loader=yaml.SafeLoader)',
      'import yaml\nyaml.safe_load(text)',
      'import numpy as np\nnp.load("x.npy")',
      'class Game:\n    def load(self): ...\nGame().load()',
      'def loads(x): ...\nloads("x")',
    ],
  },
]
