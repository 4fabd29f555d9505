"""Looking ahead: a second process asks the file system about every other directory while we look at those between.

It is worth it where much is remembered, and most likely nothing has changed: all that is left to do then is to ask, and
that takes one core alone twice as long. The process only ever says what `lstat` said, of directories that the last scan
knew; what it cannot look at, or does not know, we look at ourselves.
"""

import marshal
import os
import signal
from collections.abc import Iterator
from itertools import islice
from struct import Struct
from typing import Final, NoReturn

from gitprov.artifacts.scan.remembered import directories
from gitprov.artifacts.scan.rows import HUGE, Identity, identity, open_directory, read_rows
from gitprov.artifacts.scan.workers import cores, is_alone

WORTH: Final = 1 << 20
"""Bytes of what is remembered, some ten thousand files; where there are fewer, forking is not worth it."""
_LENGTH: Final = Struct("=Q")
_BUFFER: Final = 1 << 20

Looked = tuple[Identity, list[bytes]]
"""Which directory it is, and its rows."""


def look_ahead(root: bytes, place: str) -> "Ahead | None":
    """Begin to look at what the scan of `root` that is remembered at `place` knew, if that is of use here."""
    try:
        handle = os.open(place, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    if os.fstat(handle).st_size < WORTH or cores() == 1 or not is_alone():
        os.close(handle)
        return None
    return Ahead(root, handle)


class Ahead:
    """What the other process finds, asked for in the order of the walk. It ends with `close`, or with us."""

    def __init__(self, root: bytes, remembered: int) -> None:
        self._remembered = remembered
        self._theirs = _theirs(remembered)
        self._next = next(self._theirs, None)
        answers, ours = os.pipe()
        self._pid = os.fork()
        if not self._pid:
            os.close(answers)
            _look(root, remembered, ours)
        os.close(ours)
        self._answers = open(answers, "rb", buffering=_BUFFER)  # noqa: SIM115 - closed by close

    def look(self, directory: bytes) -> Looked | None:
        """Return what was found in the directory with this path below the root, where that is known."""
        wanted = _parts(directory)
        while self._next is not None and _parts(self._next) < wanted:
            self._take()
        return self._take() if self._next == directory else None

    def close(self) -> None:
        """End the other process."""
        if not self._pid:
            return
        self._next = None
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        self._pid = 0
        self._answers.close()
        os.close(self._remembered)

    def _take(self) -> Looked | None:
        """Take the next answer, which is about `_next`."""
        directory, self._next = self._next, next(self._theirs, None)
        head = self._answers.read(_LENGTH.size)
        data = self._answers.read(*_LENGTH.unpack(head)) if len(head) == _LENGTH.size else b""
        if not data:
            return None
        about, device, inode, rows = marshal.loads(data)  # noqa: S302 - from our own process
        return (Identity(device, inode), rows) if about == directory else None


def _parts(directory: bytes) -> list[bytes]:
    return directory.split(b"/") if directory else []


def _theirs(remembered: int) -> Iterator[bytes]:
    """Give the directories that the other process looks at: every other one, and never the root."""
    return islice(directories(remembered), 1, None, 2)


def _look(root: bytes, remembered: int, answers: int) -> NoReturn:
    """Look at one directory after the other; the process ends here."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one who asked is interrupted as well, and ends us
        with open(answers, "wb", buffering=0) as out:
            for directory in _theirs(remembered):
                data = _looked_at(root, directory)
                out.write(_LENGTH.pack(len(data)))
                rest = memoryview(data)
                while rest:
                    rest = rest[out.write(rest) :]
    except OSError:  # nobody listens any more
        pass
    finally:
        os._exit(0)


def _looked_at(root: bytes, directory: bytes) -> bytes:
    """Return what is in a directory; nothing where somebody has to be told of a problem, or it is very large."""
    try:
        handle = open_directory(os.path.join(root, directory))
        try:
            found = os.fstat(handle)
            rows = read_rows(handle, _refuse) if found.st_size <= HUGE else None
        finally:
            os.close(handle)
    except OSError:
        return b""
    return b"" if rows is None else marshal.dumps((directory, *identity(found), rows))


def _refuse(_name: bytes, error: OSError) -> None:
    raise error
