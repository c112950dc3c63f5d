"""Everything outside the four writable folders is read-only, and the sources are not to be changed."""
import errno, os

def attempt(name, call):
    try:
        call()
        print("LEAK", name)
    except OSError as error:
        print("DENIED", name, errno.errorcode[error.errno])

# Opened without truncating and never written; what could be made is removed at once.
for path in ("/etc/passwd", "/etc/ld.so.preload", "/usr/bin/python3", "/usr/bin/env", "/bin/sh", "/lib/x86_64-linux-gnu/libc.so.6"):
    attempt(path, lambda: os.close(os.open(path, os.O_WRONLY)))
for folder in ("/", "/etc", "/usr", "/usr/bin", "/usr/lib", "/var", "/var/tmp", "/run", "/root", "/home", "/opt", "/mnt", "/srv", "/proc", "/dev"):
    def create(path=f"{folder}/codeexec-hostile-probe"):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        os.unlink(path)
    attempt(folder, create)
source = os.path.abspath(__file__)
attempt("source-write", lambda: os.close(os.open(source, os.O_WRONLY)))
attempt("source-remove", lambda: os.unlink(source))
attempt("source-rename", lambda: os.rename(source, source + ".moved"))
attempt("source-replace", lambda: (open("/tmp/other", "w").close(), os.rename("/tmp/other", source)))
attempt("source-chmod", lambda: os.chmod(source, 0o777))
attempt("box-rename", lambda: os.rename("/box", "/tmp/box"))
attempt("box-chmod", lambda: os.chmod("/box", 0o777))
attempt("tmp-chmod", lambda: os.chmod("/tmp", 0o700))
