"""Errors about errors: a chain of exceptions that prints itself at the end."""
error = None
for count in range(20_000):
    following = ValueError("x" * 200)
    following.__context__ = error
    error = following
raise error
