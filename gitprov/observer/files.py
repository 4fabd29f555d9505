"""Which files this process touches, told by Python's audit events: before each open, rename or removal is tried.

Told is what a program asks for, by the path it uses; whether a file was there is for the reader of events to see, but
for one thing that cannot be seen later: whether it was there before it was written. Each path is told once, what was
written again once something was renamed or removed.
"""

import os
import sys
from time import monotonic_ns

from .paths import Paths, opened_below_a_descriptor, walks_trees
from .protocol import ABSENT, LINKED, READ, READ_AND_UPDATED, REMOVED, RENAMED, UPDATED, WRITTEN, encode, pair

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Optional, Set, Tuple

    from .paths import Named
    from .writer import Writer

_ENCODING = sys.getfilesystemencoding()
_ERRORS = sys.getfilesystemencodeerrors()
_DIRECTORY = os.O_DIRECTORY | getattr(os, "O_PATH", 0)
_ACCESS = os.O_RDONLY | os.O_WRONLY | os.O_RDWR
_TELLING = _ACCESS | _DIRECTORY | os.O_CLOEXEC
_PLAIN = os.O_RDONLY | os.O_CLOEXEC
"""Of the flags that are `_TELLING`, those that Python's own functions have when they read a file."""
_exists = os.access
_MOST_KNOWN = 200_000
"""Paths that are remembered as told; beyond it some are told again."""


class Files:
    """Tells of the files that this process touches. `handlers` are by audit event."""

    def __init__(self, writer: "Writer", tell: "Callable[[Dict[str, Any]], None]") -> None:
        self._writer = writer
        self._tell = tell
        self._off = False
        self._incomplete = False
        self._written: Set[Tuple[bytes, str]] = set()
        self.paths = Paths()
        self._read: Set[str] = set()
        """Absolute paths that were told as read."""
        self._open = self._make_open()
        self.handlers: Dict[str, Callable[..., None]] = {
            "open": self._open,
            "os.chdir": self.paths.changed_directory,
            "os.rename": self._renamed,
            "os.link": self._linked,
            "os.symlink": self._symlinked,
            "os.remove": self._removed,
            "os.rmdir": self._removed,
            "os.truncate": self._truncated,
            "sqlite3.connect": self._connected_to_sqlite,
            "import": self._imported,
            "ctypes.dlopen": self._loaded,
        }

    def forked(self) -> None:
        """Begin anew in a child: what others write from now on is not known here."""
        self._written.clear()

    def stop(self) -> None:
        """Tell nothing from now on, and forget what was told."""
        self._off = True
        self._read.clear()
        self._written.clear()

    def send(self, event: bytes) -> None:
        """Write one event, and forget what was told where that has become too much."""
        if len(self._read) > _MOST_KNOWN:
            self._read.clear()
        if len(self._written) > _MOST_KNOWN:
            self._written.clear()
        self._writer.send(event)
        if self._writer.muted:
            self.stop()

    def _say(self, kind: bytes, payload: bytes) -> None:
        self.send(encode(kind, monotonic_ns() // 1000, payload))

    def _make_open(self) -> "Callable[[Named, Optional[str], int], None]":
        """Return what tells of an open. It deals with an ordinary read itself, in one call."""
        writer, read, absolute, now = self._writer, self._read, self.paths.absolute, monotonic_ns
        telling, plain, encoding, errors = _TELLING, _PLAIN, _ENCODING, _ERRORS

        def tell(path: "Named", mode: "Optional[str]", flags: int) -> None:
            if flags & telling != plain or type(path) is not str or (mode is None and path[0] != "/"):
                self._opened(path, mode, flags)
                return
            where = path if path[0] == "/" else absolute(path)
            if where not in read:
                told = f"r {now() // 1000} {where}\0".encode(encoding, errors)
                try:
                    writer.write(told)
                except ValueError:
                    self.send(told)
                read.add(where)

        return tell

    def _opened(self, path: "Named", mode: "Optional[str]", flags: int) -> None:
        """Tell of an open, by whichever function; one of a descriptor or a directory is none."""
        if self._off or isinstance(path, int) or flags & _DIRECTORY:
            return
        kind = _kind(mode, flags)
        path = path if type(path) is str else os.fsdecode(path)
        if mode is None and path[:1] != "/":
            # It comes from `os.open`, whose audit event does not say below which descriptor it looks.
            caller = opened_below_a_descriptor()
            if caller:
                self._say_incomplete(caller)
                return
        where = self.paths.absolute(path)
        if where.startswith(self._writer.directory):
            return  # our own
        if kind != READ:
            self._say_written(kind, where)
        elif where not in self._read:
            self._say(READ, os.fsencode(where))
            self._read.add(where)

    def _say_written(self, kind: bytes, where: str) -> None:
        if (kind, where) in self._written:
            return
        if not _exists(where, os.F_OK):
            self._say(ABSENT, os.fsencode(where))
        self._say(kind, os.fsencode(where))
        self._written.add((kind, where))

    def _say_incomplete(self, caller: str) -> None:
        if not self._incomplete and not walks_trees(caller):
            self._incomplete = True
            self._tell({"gap": "files opened relative to an open directory (dir_fd) were not seen: declare them"})

    def _renamed(self, src: "Named", dst: "Named", below_src: int = -1, below_dst: int = -1) -> None:
        first, second = self.paths.absolute(src, below_src), self.paths.absolute(dst, below_dst)
        self._written.clear()
        if not _exists(second, os.F_OK):
            self._say(ABSENT, os.fsencode(second))
        self._say(RENAMED, pair(os.fsencode(first), os.fsencode(second)))

    def _linked(self, src: "Named", dst: "Named", below_src: int = -1, below_dst: int = -1) -> None:
        first, second = self.paths.absolute(src, below_src), self.paths.absolute(dst, below_dst)
        self._say(LINKED, pair(os.fsencode(first), os.fsencode(second)))

    def _symlinked(self, target: "Named", link: "Named", below: int = -1) -> None:
        where = self.paths.absolute(link, below)
        first = os.path.join(os.path.dirname(where), os.fsdecode(target))
        self._say(LINKED, pair(os.fsencode(first), os.fsencode(where)))

    def _removed(self, path: "Named", below: int = -1) -> None:
        where = self.paths.absolute(path, below)
        self._written.clear()
        self._say(REMOVED, os.fsencode(where))

    def _truncated(self, path: "Named", _length: int) -> None:
        if not isinstance(path, int):
            self._say_written(UPDATED, self.paths.absolute(path))

    def _connected_to_sqlite(self, database: "Named") -> None:
        from .databases import parse_database

        name, mode = parse_database(os.fsdecode(database))
        if not name:
            return
        where = self.paths.absolute(name)
        if mode == "ro":
            self._open(where, None, _PLAIN)
        else:
            self._say_written(READ_AND_UPDATED, where)

    def _imported(self, _module: str, file: "Optional[str]", *_: object) -> None:
        """A module in machine code is loaded by the system, not opened."""
        if file is not None:
            self._open(file, "rb", _PLAIN)

    def _loaded(self, library: object) -> None:
        if isinstance(library, (str, bytes)) and os.sep in os.fsdecode(library):
            self._open(library, "rb", _PLAIN)


def _kind(mode: "Optional[str]", flags: int) -> bytes:
    """Tell what an open is for; `flags` are 0 where a C function opened by `mode` alone."""
    letter = mode[:1] if isinstance(mode, str) and not flags else ""
    if flags & (os.O_TRUNC | os.O_EXCL) or letter in ("w", "x"):
        return WRITTEN
    if flags & os.O_RDWR and not flags & os.O_APPEND:
        return READ_AND_UPDATED
    return UPDATED if flags & _ACCESS or letter == "a" else READ
