"""The event file of one process: whole however the process ends, and with no descriptor left open.

Where files are reported there are many events, and workers are often ended by a signal that leaves no time to write
what was kept back. So the file is mapped: an event is in it as soon as it is copied there, for a small part of the
price of a system call, and nothing has to be flushed before a fork, an exec or the end. Otherwise, and where a file
cannot be mapped, each event is appended by an open, a write and a close.
"""

import os
import sys
from _thread import allocate_lock
from errno import EMFILE, ENFILE, ENOMEM

from .protocol import SUFFIX

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, List

_FIRST_ROOM = 1 << 14
_MOST_ROOM = 1 << 18
_MOST_WAITING = 1 << 16
"""Events that are kept while room is made, which other threads do not wait for; beyond it they are dropped."""
_PASSING = frozenset((EMFILE, ENFILE, ENOMEM))
"""Errors that go away: the program has every descriptor in use just now."""

# Kept, because programs replace functions of `os`.
_open, _write, _close = os.open, os.write, os.close
_APPEND = os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC


class Writer:
    """Writes the events of this process; after a fork, call `forked` in the child.

    `greet` gives the first event of a file; it is asked when there is something to write.
    """

    __slots__ = ("_greet", "_lock", "_mapped", "_path", "_size", "_waiting", "directory", "muted", "write")

    def __init__(self, directory: str, greet: "Callable[[], bytes]", *, mapped: bool) -> None:
        self.directory = os.path.join(os.path.abspath(directory), "")
        """Where the events of all processes go; it ends with a slash."""
        self._greet = greet
        self._mapped = mapped and _can_map()
        self.muted = False
        """Whether events are written no longer."""
        self.forked()

    def forked(self) -> None:
        """Begin anew: this process gets a file of its own with the next event."""
        self._path = ""
        self._size = 0
        self._lock = allocate_lock()
        self._waiting: List[bytes] = []
        self.write: Callable[[bytes], object] = _full
        """Writes one event; raises `ValueError` where there is no room for it, which `send` makes."""

    @property
    def begun(self) -> bool:
        """Whether this process has a file yet."""
        return bool(self._path)

    def begin(self) -> None:
        """Write the first event now. Where that cannot be done, nothing will be written."""
        self.send(b"")  # what comes first goes before it

    def send(self, event: bytes) -> None:
        """Write one event, whatever it takes. Never raises `OSError`."""
        try:
            self.write(event)
        except ValueError:
            self._make_room(event)

    def mute(self) -> None:
        """Write nothing from now on."""
        self.muted = True
        self.write = _full
        self._waiting.clear()

    def _make_room(self, event: bytes) -> None:
        if self.muted:
            return
        # The one who holds the lock, be it another thread or this one below a signal handler, writes for all.
        if len(self._waiting) < _MOST_WAITING:
            self._waiting.append(event)
        while self._waiting and self._lock.acquire(False):
            try:
                self._write_waiting()
            except OSError as error:
                if error.errno in _PASSING:
                    return
                self.mute()
            finally:
                self._lock.release()

    def _write_waiting(self) -> None:
        if not self._path:
            self._begin()
        while self._waiting:
            batch = self._waiting[:]
            whole = b"".join(batch)
            try:
                self.write(whole)
            except ValueError:
                if self.muted:
                    return
                self._map(len(whole))
                continue
            del self._waiting[: len(batch)]

    def _begin(self) -> None:
        path = os.path.join(self.directory, f"{os.getpid()}-{os.urandom(4).hex()}{SUFFIX}")
        _close(_open(path, _APPEND | os.O_CREAT | os.O_EXCL, 0o600))
        self._path = path
        self._waiting.insert(0, self._greet())
        if not self._mapped:
            self.write = self._append

    def _append(self, event: bytes) -> None:
        try:
            fd = _open(self._path, _APPEND)
            try:
                whole = _write(fd, event) == len(event)
            finally:
                _close(fd)
        except OSError as error:
            whole = error.errno in _PASSING
        if not whole:
            self.mute()  # the disk is full, or the run is over and its directory gone

    def _map(self, least: int) -> None:
        """Go on in a new piece of the file, with room for `least` bytes and more."""
        self.write = _full  # until then, events queue up
        try:
            from .mapping import map_piece, room_for

            room = room_for(least, min(max(self._size, _FIRST_ROOM), _MOST_ROOM))
            self.write = map_piece(self._path, self._size, room)
            self._size += room
        except (ImportError, OSError) as error:
            if isinstance(error, OSError) and error.errno in _PASSING:
                raise
            self.write = self._append


def _can_map() -> bool:
    # Without the GIL, copying into a mapping and moving on in it are no longer one step.
    with_gil: Callable[[], bool] = getattr(sys, "_is_gil_enabled", lambda: True)
    return sys.implementation.name == "cpython" and hasattr(os, "posix_fallocate") and with_gil()


def _full(_event: bytes) -> None:
    raise ValueError("no file is open for it")
