import os
import tempfile
from pathlib import Path

with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "notes.txt"
    path.write_text("one\ntwo\n")
    with open(path) as file:
        for number, line in enumerate(file, 1):
            print(number, line.strip())
    print(os.path.getsize(path), path.exists(), os.path.basename(path))
