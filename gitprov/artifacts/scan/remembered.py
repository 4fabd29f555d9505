"""What the last scan found, a directory at a time, in the order of the walk.

One sequential file. A record is `HEAD`, the directory's path, its rows, a byte of state for each row, 32 of digest for
each, and `WHOLE`. As the walk has an order, a record is found by reading on, and no more of the file is held than the
record at hand. It is a cache: whatever is damaged in it is as if it were not there.
"""

import os
from collections.abc import Iterator
from struct import Struct
from typing import BinaryIO, Final, NamedTuple

from blake3 import blake3

from gitprov.artifacts.scan.reading import UNKNOWN
from gitprov.artifacts.scan.rows import TAIL, split_rows

MAGIC: Final = b"git-prov scan 1\n"
HEAD: Final = Struct("=16sIIQ")
"""Check; bytes of the path; number of rows; bytes of the rows."""
WHOLE: Final = Struct("=32sqQ")
"""Digest, size and number of files."""
_AT_ONCE: Final = 4096  # rows
_CHUNK: Final = 1 << 18  # bytes
_PATH: Final = 256  # bytes of a path that are read at once


class Whole(NamedTuple):
    """A directory: the digest of its listing, the bytes and the number of the files in it."""

    digest: bytes
    size: int
    files: int


NOT_WHOLE: Final = Whole(bytes(32), 0, 0)
"""What is said of a directory that was not looked through."""


class Record(NamedTuple):
    """Where a directory's rows are written."""

    begin: int
    end: int
    """Of the rows."""
    hasher: blake3
    is_old: bool = False
    """Whether it was written by the last scan."""


class Known(NamedTuple):
    """What is known of the rows of a directory: a state and a digest (32 bytes) for each."""

    states: bytearray
    digests: bytearray
    whole: Whole | None = None
    """Of the directory when it had just these rows, states and digests."""
    record: Record | None = None
    """Of just these rows."""


class Remembered:
    """Reads what the last scan of the same directory has written; without a path it knows nothing."""

    def __init__(self, path: str) -> None:
        self._file: BinaryIO | None = None
        self._path: list[bytes] = []
        self._head: tuple[bytes, int, int, int] = (b"", 0, 0, 0)
        self._size = 0
        self._begin = self._end = len(MAGIC)
        """Of the record that comes next, or that was asked for last."""
        self._is_read = True
        self._is_over = False
        """Whether nothing more of use comes."""
        try:
            self._file = open(path, "rb", buffering=_CHUNK)  # noqa: SIM115 - closed by close
            self._size = os.fstat(self._file.fileno()).st_size
            if self._file.read(len(MAGIC)) == MAGIC:
                self._next(self._file)
            else:
                self.close()
        except OSError:
            self.close()

    @property
    def is_there(self) -> bool:
        """Whether anything is remembered."""
        return self._file is not None

    def close(self) -> None:
        """Let go of the file."""
        if self._file:
            self._file.close()
        self._file = None

    def recall(self, directory: bytes, rows: list[bytes]) -> Known:
        """Return what is known of the rows of the directory with this path; asked in the order of the walk."""
        nothing = Known(bytearray(len(rows)), bytearray(32 * len(rows)))
        wanted = directory.split(b"/") if directory else []
        try:
            while self._file and not self._is_over and self._path < wanted:
                self._next(self._file)
            if self._file and not self._is_over and self._path == wanted:
                self._is_read = True
                return self._recalled(self._file, directory, rows) or nothing
        except (OSError, ValueError):
            self._is_over = True
        return nothing

    def rest(self) -> Iterator[bytes]:
        """Give the records that were not asked for yet."""
        if not self._is_over:
            yield from self._pieces(self._end if self._is_read else self._begin, self._size)

    def until(self, end: int) -> Iterator[bytes]:
        """Give the file up to some place."""
        yield from self._pieces(0, end)

    def _pieces(self, at: int, end: int) -> Iterator[bytes]:
        while self._file and at < end and (data := os.pread(self._file.fileno(), min(end - at, _CHUNK), at)):
            yield data
            at += len(data)

    def _next(self, file: BinaryIO) -> None:
        """Go to the next record."""
        self._begin, self._is_read = self._end, False
        file.seek(self._begin)
        head = file.read(HEAD.size)
        if len(head) < HEAD.size:
            self._is_over = True
            return
        self._head = HEAD.unpack(head)
        _, path, count, length = self._head
        self._end += HEAD.size + path + length + 33 * count + WHOLE.size
        if self._end > self._size:
            self._is_over = True
            return
        directory = file.read(path)
        self._path = directory.split(b"/") if directory else []

    def _recalled(self, file: BinaryIO, directory: bytes, rows: list[bytes]) -> Known | None:
        check, _, count, length = self._head
        hasher = hasher_of(directory, count)
        begin = file.tell()
        is_same = count == len(rows)
        left = length
        for data in joined(rows) if is_same else ():
            stored = file.read(min(len(data), left))
            hasher.update(stored)
            left -= len(stored)
            if stored != data:
                is_same = False
                break
        is_same = is_same and not left
        while left:
            stored = file.read(min(left, _CHUNK))
            hasher.update(stored)
            left -= len(stored)
        record = Record(self._begin, begin + length, hasher.copy(), is_old=True)
        states, digests, whole = bytearray(file.read(count)), bytearray(file.read(32 * count)), file.read(WHOLE.size)
        if checked(hasher, states, digests, whole) != check:
            return None
        if is_same:
            known = Whole._make(WHOLE.unpack(whole))
            return Known(states, digests, None if known == NOT_WHOLE else known, record)
        file.seek(begin)
        return _carried(_rows(file, length), states, digests, rows)


def directories(handle: int) -> Iterator[bytes]:
    """Give the paths of the directories in an open file, in the order of the walk, as far as it is well-formed."""
    if os.pread(handle, len(MAGIC), 0) != MAGIC:
        return
    at, size = len(MAGIC), os.fstat(handle).st_size
    while len(head := os.pread(handle, HEAD.size + _PATH, at)) > HEAD.size:
        _, path, count, length = HEAD.unpack_from(head)
        begin, at = at + HEAD.size, at + HEAD.size + path + length + 33 * count + WHOLE.size
        if at > size:
            return
        yield head[HEAD.size : HEAD.size + path] if path <= _PATH else os.pread(handle, path, begin)


def hasher_of(directory: bytes, count: int) -> blake3:
    """Return what the check of a record begins with; its rows come next."""
    return blake3(b"%d %d %b\0" % (len(directory), count, directory))


def checked(hasher: blake3, states: bytes | bytearray, digests: bytearray, whole: bytes) -> bytes:
    """Return the check of a record whose rows were hashed."""
    for data in (states, digests, whole):
        hasher.update(data)
    return hasher.digest(length=16)


def joined(rows: list[bytes]) -> Iterator[bytes]:
    """Give rows as bytes, many at a time."""
    for at in range(0, len(rows), _AT_ONCE):
        yield b"".join(rows[at : at + _AT_ONCE])


def _rows(file: BinaryIO, length: int) -> Iterator[bytes]:
    """Give the rows in the next bytes of a file."""
    rest = b""
    while length:
        data = rest + file.read(min(length, _CHUNK))
        length -= len(data) - len(rest)
        # A NUL of the last row's numbers may look like the end of a name; so the last rows wait for what comes.
        rows = split_rows(data) if not length else None
        if rows is None:
            rows, at = [], 0
            while (nul := data.find(0, at)) >= 0 and nul + TAIL <= len(data):
                rows.append(data[at : nul + TAIL])
                at = nul + TAIL
            rest = data[at:]
        yield from rows


def _carried(old: Iterator[bytes], states: bytearray, digests: bytearray, rows: list[bytes]) -> Known:
    """Return what is known of rows of which some are as they were; both are sorted."""
    known = Known(bytearray(len(rows)), bytearray(32 * len(rows)))
    at = 0
    for index, row in enumerate(old):
        while at < len(rows) and rows[at] < row:
            at += 1
        if at == len(rows):
            break
        if rows[at] == row and states[index] != UNKNOWN:
            known.states[at] = states[index]
            known.digests[32 * at : 32 * at + 32] = digests[32 * index : 32 * index + 32]
    return known
