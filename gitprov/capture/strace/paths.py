"""Paths as the program named them, made absolute by their text alone."""

import os
import re
from typing import Final

# Nothing a run could read from or leave in these says anything about it; but people do keep data in /dev/shm.
_VIRTUAL: Final = (b"/proc/", b"/sys/", b"/dev/")
_MEMORY: Final = b"/dev/shm/"
_NAMELESS: Final = b"/memfd:"
_is_untidy = re.compile(rb"//|/\.\.?(?:/|$)|/$").search


def absolute(base: bytes, name: bytes, real: bytes = b"") -> bytes:
    """Return the path of `name` in directory `base`, normalised without following links.

    After a name, `..` may lead elsewhere than to its left neighbour, so then the path that the system found is taken.
    Empty where `name` is relative and the directory is not known.
    """
    if name[:1] != b"/":
        if not base:
            return b""
        path = base + b"/" + name
    else:
        path = name
    if not _is_untidy(path):
        return path
    if real and _climbs(name):
        return real
    return b"/" + os.path.normpath(path).lstrip(b"/")


def _climbs(name: bytes) -> bool:
    """Tell whether `..` stands anywhere after a name."""
    parts = [part for part in name.split(b"/") if part not in (b"", b".")]
    return b".." in parts[next((n for n, part in enumerate(parts) if part != b".."), len(parts)) :]


def worth_telling(path: bytes, real: bytes = b"") -> bytes:
    """Return the path to be told of, empty for what can never matter: devices, the system's own files, pipes.

    A name like `/dev/stdin` stands for the file that it led to.
    """
    if path.startswith(_VIRTUAL) and not path.startswith(_MEMORY):
        path = real
        if path.startswith(_VIRTUAL) and not path.startswith(_MEMORY):
            return b""
    return b"" if path.startswith(_NAMELESS) else path
