"""The bytes of one side of a comparison: a file, or a member of an archive. Nobody vouches for them."""

import io
import os
import stat
from collections.abc import Callable
from typing import BinaryIO, Final, NamedTuple

from gitprov.model.words import size as as_words
from gitprov.replay.compare.outcome import Unreadable

PARSED: Final = 32 << 20
"""Bytes that are parsed as a whole; larger documents are compared line by line or not at all."""
UNPACKED: Final = 1 << 30
"""Bytes that one member or stream may unpack to."""
DEEPEST: Final = 3
"""Archives inside archives that are opened."""
_CHUNK: Final = 1 << 20


class Source(NamedTuple):
    """A named sequence of bytes that can be read more than once."""

    name: str
    open: Callable[[], BinaryIO]
    depth: int = 0
    """How many archives it is in."""

    def head(self, count: int) -> bytes:
        """Return the first bytes."""
        with self.open() as file:
            return file.read(count)

    def read(self, most: int = PARSED) -> bytes:
        """Return all bytes; Unreadable where there are more than `most`."""
        with self.open() as file:
            data = file.read(most + 1)
        if len(data) > most:
            raise Unreadable(f"larger than {as_words(most)}")
        return data


def from_path(path: str, name: str) -> Source:
    """Return a file as a source. Opening it raises OSError, or Unreadable where it is no regular file."""

    def opened() -> BinaryIO:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)  # a FIFO would be waited for
        file = os.fdopen(fd, "rb")
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            file.close()
            raise Unreadable("is not a regular file")
        return file

    return Source(name, opened)


def from_bytes(data: bytes, name: str, depth: int = 0) -> Source:
    """Return bytes in memory as a source."""
    return Source(name, lambda: io.BytesIO(data), depth)


def same_bytes(before: Source, after: Source, most: int = UNPACKED) -> bool:
    """Tell whether two sources hold the same bytes; Unreadable where that takes reading more than `most` of them."""
    with before.open() as one, after.open() as other:
        read = 0
        while True:
            mine, its = full(one), full(other)
            if mine != its:
                return False
            if not mine:
                return True
            read += len(mine)
            if read > most:
                raise Unreadable(f"unpacks to more than {as_words(most)}")


def full(file: BinaryIO, count: int = _CHUNK) -> bytes:
    """Read `count` bytes, fewer only at the end: decompressors may give less at a time."""
    data = file.read(count)
    while data and len(data) < count:
        more = file.read(count - len(data))
        if not more:
            break
        data += more
    return data
