"""BLAKE3 digests of bytes and files, as `b3:` and 64 hex digits.

A large file is mapped into memory and hashed by all cores, a small one is read at once: each is the fastest way for
its size, by measurement. A mapped file that another process truncates meanwhile ends ours with SIGBUS; that is the
price, and why files are hashed before the run starts and after it ended, not while it writes.
"""

import os
import stat
from collections.abc import Callable, Iterator
from errno import ENXIO
from typing import Final, NamedTuple

from blake3 import blake3

from gitprov.errors import ProvError
from gitprov.model.text import quote

OPEN: Final = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK
"""How a file is opened, so that a pipe is not waited for."""
LARGE: Final = 1 << 20
"""Bytes; a file with more is not read into memory, but mapped and hashed by all cores."""
_READ: Final = 1 << 24  # bytes that are read at a time where there is no map
_PIECE: Final = 1 << 28  # bytes of a map that are hashed at a time: as quick as all at once, and progress can be told


class FileDigest(NamedTuple):
    """The digest of a file's bytes and their number; `changed` when they changed while they were read, twice."""

    digest: str
    size: int
    changed: bool = False


Digester = Callable[[str | bytes], FileDigest]
"""What gives the digest of a file: `digest_file`, or what remembers its answers."""
Tell = Callable[[int], None]
"""Told of so many more bytes that are done."""


def digest_bytes(data: bytes) -> str:
    """Return the digest of bytes."""
    return f"b3:{blake3(data).hexdigest()}"


def digest_file(
    path: str | bytes,
    tell: Tell | None = None,
    *,
    dir_fd: int | None = None,
    follow: bool = True,
    mapped: bool = True,
) -> FileDigest:
    """Return the digest and size of a regular file. `tell` hears of each piece.

    `path` is seen from the open directory `dir_fd`, if given; a symbolic link there is an OSError unless we `follow`.
    A process that must live through whatever becomes of the file has it read and not `mapped`.

    A file that changes while it is read is read once more; if it changes again, the digest is of what was read last
    and `changed` says so. OSError when it cannot be read, ProvError when it is no regular file; a pipe is not waited
    for.
    """
    result, settled = _digest_once(path, tell, dir_fd, follow=follow, mapped=mapped)
    if not settled:
        result, settled = _digest_once(path, None, dir_fd, follow=follow, mapped=mapped)
    return result if settled else result._replace(changed=True)


def _digest_once(
    path: str | bytes, tell: Tell | None, dir_fd: int | None, *, follow: bool, mapped: bool
) -> tuple[FileDigest, bool]:
    """Return what was read, and whether the file was the same before and after."""
    fd = os.open(path, OPEN if follow else OPEN | os.O_NOFOLLOW, dir_fd=dir_fd)
    try:
        before = os.fstat(fd)
        if not stat.S_ISREG(before.st_mode):
            raise ProvError(f"{quote(path)} is not a regular file", hint="name a file or a directory")
        if before.st_size > LARGE:
            hasher = blake3(max_threads=blake3.AUTO)
            size = _update(hasher, fd, before, tell) if mapped else _update_by_reading(hasher, fd, tell)
        else:
            data = _read(fd, before.st_size)
            hasher = blake3(data)
            size = len(data)
            if tell:
                tell(size)
    finally:
        os.close(fd)
    try:
        after = os.stat(path, dir_fd=dir_fd, follow_symlinks=follow)
    except FileNotFoundError:
        return FileDigest(f"b3:{hasher.hexdigest()}", size), False
    return FileDigest(f"b3:{hasher.hexdigest()}", size), size == after.st_size and _is_same(before, after)


def _update(hasher: blake3, fd: int, found: os.stat_result, tell: Tell | None) -> int:
    """Hash a large file, and return how many bytes it had."""
    from mmap import ACCESS_READ, mmap  # small files need none

    try:
        mapped = mmap(fd, 0, access=ACCESS_READ)
    except ValueError:  # it is empty by now
        return 0
    holes = found.st_blocks * 512 < found.st_size  # a part that is not on the disk is not read
    with mapped, memoryview(mapped) as view, memoryview(mmap(-1, _PIECE if holes else 1)) as zeros:
        for start, end, is_data in _extents(fd, len(view)) if holes else ((0, len(view), True),):
            for at in range(start, end, _PIECE):
                stop = min(at + _PIECE, end)
                with view[at:stop] if is_data else zeros[: stop - at] as piece:
                    hasher.update(piece)
                if tell:
                    tell(stop - at)
        return len(view)


def _update_by_reading(hasher: blake3, fd: int, tell: Tell | None) -> int:
    """Hash a large file to its end, and return how many bytes it had."""
    size = 0
    with memoryview(bytearray(_READ)) as buffer:
        while count := os.readv(fd, [buffer]):
            hasher.update(buffer[:count])
            size += count
            if tell:
                tell(count)
    return size


def _extents(fd: int, size: int) -> Iterator[tuple[int, int, bool]]:
    """Give the begin and end of each stretch of data, and of each hole, of a sparse file."""
    at = 0
    while at < size:
        try:
            data = min(os.lseek(fd, at, os.SEEK_DATA), size)
        except OSError as error:
            if error.errno != ENXIO:  # the file system knows nothing of holes
                yield at, size, True
                return
            data = size
        if data > at:
            yield at, data, False
        if data == size:
            return
        at = min(os.lseek(fd, data, os.SEEK_HOLE), size)
        yield data, at, True


def _is_same(one: os.stat_result, other: os.stat_result) -> bool:
    return (
        one.st_mtime_ns == other.st_mtime_ns
        and one.st_ctime_ns == other.st_ctime_ns
        and one.st_size == other.st_size
        and one.st_ino == other.st_ino
        and one.st_dev == other.st_dev
    )


def _read(fd: int, size: int) -> bytes:
    """Read a file to its end; in one call when it has the size it says, as it nearly always has."""
    data = os.read(fd, size + 1)
    if len(data) == size:
        return data
    chunks = [data]
    while chunk := os.read(fd, LARGE):
        chunks.append(chunk)
    return b"".join(chunks)
