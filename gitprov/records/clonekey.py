"""A random key of this clone: fingerprints of secrets are made with it. It never leaves the git directory."""

import contextlib
import os

from gitprov.records.layout import State
from gitprov.records.scratch import scratch

_BYTES = 32


def clone_key(state: State) -> bytes:
    """The key, made when it is first asked for; empty where the git directory cannot be written."""
    found = _read(state.key)
    if len(found) == _BYTES:
        return found
    with contextlib.suppress(OSError):
        new = scratch(state)
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(handle, os.urandom(_BYTES))
        finally:
            os.close(handle)
        with contextlib.suppress(FileExistsError):
            os.link(new, state.key)  # whoever came first has made it
        os.unlink(new)
    found = _read(state.key)
    return found if len(found) == _BYTES else b""


def _read(path: str) -> bytes:
    try:
        with open(path, "rb", buffering=0) as file:
            return file.read(_BYTES) or b""
    except OSError:
        return b""
