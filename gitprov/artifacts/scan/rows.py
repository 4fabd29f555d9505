"""What the file system says of a directory, as rows of bytes that are quick to compare.

A row is the entry's name, a NUL, and numbers of `lstat`. Rows are sorted by name, and two of them are equal exactly
where nothing was changed, as far as time stamps can tell. A directory's own row holds its name alone: what is in it has
rows of its own.
"""

import os
import stat
from bisect import bisect_left
from collections.abc import Callable, Iterator
from struct import Struct
from sys import byteorder, getfilesystemencoding
from typing import Final, NamedTuple

NUMBERS: Final = Struct("=IqQqqq")
"""Mode and `SHARED`; device; inode; size; time of the last change of content and of the inode (ns)."""
SHARED: Final = 1 << 31
"""Beside the mode: the file has other names."""
_TAIL: Final = Struct("=xIqQqqq")
TAIL: Final = _TAIL.size
"""Bytes of a row from the NUL on."""
_DIRECTORY: Final = b"\0" + NUMBERS.pack(stat.S_IFDIR, 0, 0, 0, 0, 0)
_AT_ONCE: Final = 4096  # rows
_OPEN: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_IS_UTF8: Final = getfilesystemencoding() == "utf-8"

Problem = Callable[[bytes, OSError], None]
"""Told the name of what could not be looked at."""


HUGE: Final = 4 << 20
"""Bytes that a directory takes itself; one with more has some hundred thousand entries."""


class Identity(NamedTuple):
    """Which directory it is."""

    device: int
    inode: int


class Numbers(NamedTuple):
    """The numbers of a row."""

    mode: int
    device: int
    inode: int
    size: int
    modified: int
    changed: int


def open_directory(path: bytes, *, follow: bool = False) -> int:
    """Open a directory; OSError also where it is a link, unless we `follow`."""
    return os.open(path, _OPEN if follow else _OPEN | os.O_NOFOLLOW)


def identity(found: os.stat_result) -> Identity:
    """Tell which directory it is of which `fstat` says this."""
    return Identity(found.st_dev, found.st_ino)


def read_rows(handle: int, problem: Problem) -> list[bytes]:
    """Return the rows of an open directory; `.git` has none."""
    rows: list[bytes] = []
    add, pack, encode = rows.append, _TAIL.pack, str.encode if _IS_UTF8 else os.fsencode
    with os.scandir(handle) as entries:
        for entry in entries:
            name = entry.name
            try:
                raw = encode(name)
            except UnicodeEncodeError:
                raw = os.fsencode(name)
            try:
                if entry.is_dir(follow_symlinks=False):
                    add(raw + _DIRECTORY)
                    continue
                found = entry.stat(follow_symlinks=False)
            except OSError as error:
                problem(raw, error)
                continue
            mode = found.st_mode if found.st_nlink == 1 else found.st_mode | SHARED
            device, inode, size = found.st_dev, found.st_ino, found.st_size
            add(raw + pack(mode, device, inode, size, found.st_mtime_ns, found.st_ctime_ns))
    rows.sort()
    at = bisect_left(rows, b".git\0")
    if at < len(rows) and rows[at].startswith(b".git\0"):
        del rows[at]
    return rows


def split_rows(data: bytes) -> list[bytes]:
    """Return the rows in bytes that are whole rows."""
    rows = []
    at = 0
    while at < len(data):
        end = data.index(0, at) + TAIL
        rows.append(data[at:end])
        at = end
    return rows


def unpacked(rows: list[bytes]) -> Iterator[tuple[int, int, int, int, int, int]]:
    """Give the numbers of rows, as `numbers_of` does."""
    return _TAIL.iter_unpack(b"".join([row[-TAIL:] for row in rows]))


def directories_in(rows: list[bytes]) -> list[int]:
    """Return the places of the rows that are directories'."""
    pieces = (b"".join(rows[at : at + _AT_ONCE]) for at in range(0, len(rows), _AT_ONCE))
    if not any(_DIRECTORY in piece for piece in pieces):  # as where there are many files; the quickest way to tell
        return []
    return [at for at, row in enumerate(rows) if row.endswith(_DIRECTORY)]


def is_directory(row: bytes) -> bool:
    """Tell whether a row is a directory's."""
    return row.endswith(_DIRECTORY)


def name_of(row: bytes) -> bytes:
    """Return the name in a row."""
    return row[:-TAIL]


def numbers_of(row: bytes) -> Numbers:
    """Return the numbers in a row."""
    return Numbers._make(NUMBERS.unpack_from(row, len(row) - TAIL + 1))


def mode_of(row: bytes) -> int:
    """Return the mode in a row, as `lstat` has it."""
    return int.from_bytes(row[1 - TAIL : 5 - TAIL], byteorder) & ~SHARED


def matches(numbers: tuple[int, ...], found: os.stat_result) -> bool:
    """Tell whether `fstat` says of a file what the numbers of its row say."""
    _, device, inode, size, modified, changed = numbers
    return (
        found.st_mtime_ns == modified
        and found.st_ctime_ns == changed
        and found.st_size == size
        and found.st_ino == inode
        and found.st_dev == device
        and stat.S_ISREG(found.st_mode)
    )
