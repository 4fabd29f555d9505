"""What is remembered of an interpreter between runs, so that describing it again costs one look at each directory.

One file for each interpreter and each way it is called. It may be lost, old or damaged at any time: what does not fit
is as good as absent, and what could not be written is asked again.
"""

import json
import os
from collections.abc import Iterable
from typing import Any, NamedTuple

from blake3 import blake3

from gitprov.capture import disposable

_FORMAT = 2
# A directory that changed this shortly before it was listed may have changed again without its time moving on.
_RACY_NS = 2_000_000_000

Stamp = list[int]
"""When and which: modification time, inode, size; empty for what is not there."""


class Remembered(NamedTuple):
    """An environment as it was last described."""

    facts: dict[str, Any]
    """What the interpreter said of itself."""
    interpreter: list[Stamp]
    """Of the interpreter and its `pyvenv.cfg`, when it said so."""
    sites: dict[str, tuple[Stamp, list[Any]]]
    """For each directory, in order: its stamp and what was in it, as plain lists."""
    packages: int
    """How many distributions the lock has."""
    lock: str
    """The lock."""
    written: int = 0
    """When this was written, in nanoseconds by the clock of its file system."""

    def listing(self, directory: str, now: Stamp) -> list[Any] | None:
        """Return what is in a directory whose stamp is `now`, or None when only looking can tell."""
        stamp, found = self.sites.get(directory, ([-1], []))
        return found if stamp == now and is_settled(now, self.written) else None


def stamp(path: str) -> Stamp:
    """Return the stamp of a file or directory."""
    try:
        found = os.stat(path)
    except OSError:
        return []
    return [found.st_mtime_ns, found.st_ino, found.st_size]


def is_settled(now: Stamp, written: int) -> bool:
    """Tell whether what stood there with this stamp, when something was `written` of it, can still be told by it."""
    return not now or now[0] < written - _RACY_NS


def path_for(cache_dir: str, key: Iterable[str]) -> str:
    """Return the file that remembers what `key` identifies."""
    name = blake3("\0".join(key).encode("utf-8", "surrogatepass")).hexdigest(length=12)
    return os.path.join(cache_dir, f"environment-{name}.json")


def load(path: str) -> Remembered | None:
    """Return what a file remembers, or None when it is absent, damaged or of another version."""
    try:
        with open(path, "rb", buffering=0) as file:
            written = os.fstat(file.fileno()).st_mtime_ns
            checksum, _, data = (file.readall() or b"").partition(b"\n")
        if checksum.decode("ascii", "replace") != blake3(data).hexdigest():
            return None
        version, facts, interpreter, sites, packages, lock = json.loads(data)
    except (OSError, ValueError, TypeError):
        return None
    return Remembered(facts, interpreter, sites, packages, lock, written) if version == _FORMAT else None


def save(path: str, remembered: Remembered) -> None:
    """Write what is to be remembered."""
    data = json.dumps([_FORMAT, *remembered[:-1]], separators=(",", ":")).encode()
    disposable.write(path, blake3(data).hexdigest().encode() + b"\n" + data)
