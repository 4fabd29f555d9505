"""Writing down what a scan finds, in the form that `remembered` reads.

As long as all is as it was, the old file is followed and nothing is written.
"""

import os
from collections.abc import Iterable
from contextlib import suppress
from typing import Final

from blake3 import blake3

from gitprov.artifacts.scan.remembered import HEAD, MAGIC, WHOLE, Record, Remembered, Whole, checked, hasher_of, joined

_NEW: Final = ".new"
_OLD: Final = 86_400  # seconds


NOWHERE: Final = Record(0, 0, blake3())
"""Of a directory that was not begun."""


class Remembering:
    """Writes what this scan finds; it takes the place of the old when all is done. Without a path it does nothing."""

    def __init__(self, path: str, before: Remembered) -> None:
        self._path = path
        self._before = before
        self._new = f"{path}.{os.getpid()}.{os.urandom(4).hex()}{_NEW}"
        self._handle = -1
        self._end = len(MAGIC)
        self._is_following = before.is_there
        """The old file, up to `_end`."""
        self._is_open = not path

    def begin(self, directory: bytes, rows: list[bytes], old: Record | None) -> Record:
        """Write the rows of the next directory of the walk, of which there may be an old record."""
        if self._is_following and old and old.begin == self._end:
            self._end = old.end + 33 * len(rows) + WHOLE.size
            return old
        self._open()
        if self._handle < 0:
            return NOWHERE
        begin, hasher = self._end, hasher_of(directory, len(rows))
        start = at = begin + HEAD.size + len(directory)
        for data in joined(rows):
            hasher.update(data)
            self._write(at, data)
            at += len(data)
        self._write(begin, HEAD.pack(bytes(16), len(directory), len(rows), at - start) + directory)
        self._end = at + 33 * len(rows) + WHOLE.size
        return Record(begin, at, hasher)

    def end(self, record: Record, states: bytes, digests: bytearray, whole: Whole, *, is_same: bool) -> None:
        """Write what is known by now of a directory that was begun; `is_same` if it is what an old record says."""
        if record is NOWHERE or (is_same and record.is_old):
            return
        self._open()
        packed = WHOLE.pack(*whole)
        self._write(record.end, b"".join([states, digests, packed]))
        self._write(record.begin, checked(record.hasher, states, digests, packed))

    def keep_rest(self) -> None:
        """Keep what is remembered of directories that the walk has not come to."""
        if not self._is_following:
            self._copy(self._end, self._before.rest())

    def commit(self) -> None:
        """Put it into the place of the old."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1
            with suppress(OSError):
                os.replace(self._new, self._path)

    def _abandon(self) -> None:
        """Leave the old as it is."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1
            with suppress(OSError):
                os.unlink(self._new)

    def _open(self) -> None:
        """Begin to write, with what was as it was up to here."""
        if self._is_open:
            return
        self._is_open = True
        try:
            os.makedirs(os.path.dirname(self._path), exist_ok=True)
            self._handle = os.open(self._new, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            self._sweep()
        except OSError:
            self._abandon()
        self._copy(0, self._before.until(self._end) if self._is_following else [MAGIC])
        self._is_following = False

    def _copy(self, at: int, pieces: Iterable[bytes]) -> None:
        for data in pieces:
            self._write(at, data)
            at += len(data)

    def _sweep(self) -> None:
        """Remove what scans that were killed have left."""
        directory, name = os.path.split(self._path)
        now = os.fstat(self._handle).st_mtime
        with os.scandir(directory) as entries:
            for entry in entries:
                if entry.name.startswith(name) and entry.name.endswith(_NEW) and now - entry.stat().st_mtime > _OLD:
                    os.unlink(entry.path)

    def _write(self, at: int, data: bytes) -> None:
        if self._handle < 0:
            return
        try:
            if os.pwrite(self._handle, data, at) < len(data):
                self._abandon()
        except OSError:  # a full disk: nothing is remembered
            self._abandon()
