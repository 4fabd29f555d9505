"""From one open file into another: by sharing blocks where the file system can, else by copying inside the kernel."""

import errno
import os
from collections.abc import Iterator
from typing import Final, Literal

from blake3 import blake3

from gitprov.artifacts.hashing import FileDigest, Tell
from gitprov.errors import ProvError

Link = Literal["auto", "reflink", "hardlink", "copy"]
"""How a store is filled: `auto` shares blocks or copies, `reflink` shares blocks or refuses, `hardlink` shares blocks,
else is the same file under another name, else copies, `copy` copies."""

LINKS: Final = ("auto", "reflink", "hardlink", "copy")

_FICLONE: Final = 0x40049409  # linux/fs.h
_MOST: Final = 1 << 28  # bytes that are copied at a time
_PIECE: Final = 1 << 22  # bytes that are read and hashed at a time
_CANNOT: Final = {errno.EXDEV, errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.ENOTTY, errno.EPERM, errno.ETXTBSY}


def fill(source: int, target: int, link: Link = "auto") -> None:
    """Give the empty file `target` the bytes of `source`; ProvError where `reflink` is demanded and cannot be."""
    if link != "copy" and clone(source, target):
        return
    if link == "reflink":
        raise ProvError(
            "this file system cannot share the blocks of two files",
            hint="let the store copy: `git config prov.storeLink auto`",
        )
    copy(source, target)


def clone(source: int, target: int) -> bool:
    """Let `target` share the blocks of `source`; False where the file system cannot."""
    try:
        from fcntl import ioctl

        ioctl(target, _FICLONE, source)
    except ImportError:
        return False
    except OSError as error:
        if error.errno in _CANNOT:
            return False
        raise
    return True


def copy(source: int, target: int) -> None:
    """Copy all bytes; holes stay holes."""
    size = os.fstat(source).st_size
    in_kernel = hasattr(os, "copy_file_range")
    for start, end in _extents(source, size):
        position = start
        while position < end:
            if in_kernel:
                try:
                    done = os.copy_file_range(source, target, min(end - position, _MOST), position, position)
                except OSError as error:
                    if error.errno not in _CANNOT:
                        raise
                    in_kernel = False
                    continue
            else:
                done = os.pwrite(target, os.pread(source, min(end - position, 1 << 20), position), position)
            if not done:  # it is shorter by now
                return
            position += done
    if os.fstat(target).st_size < size:
        os.truncate(target, size)  # it ends in a hole


def digest_handle(handle: int, tell: Tell | None = None) -> FileDigest:
    """Return the digest and size of an open file from its beginning, by all cores where it is large.

    It is read, not mapped: a sector that the disk has lost is then an OSError, where in a map it would end the
    process.
    """
    size = os.fstat(handle).st_size
    if size <= _PIECE:
        data = read_all(handle, size)
        if tell:
            tell(len(data))
        return FileDigest(f"b3:{blake3(data, max_threads=blake3.AUTO).hexdigest()}", len(data))
    hasher = blake3(max_threads=blake3.AUTO)
    done = 0
    with memoryview(bytearray(_PIECE)) as buffer:
        while count := os.preadv(handle, [buffer], done):
            hasher.update(buffer[:count])
            done += count
            if tell:
                tell(count)
    return FileDigest(f"b3:{hasher.hexdigest()}", done)


def read_all(handle: int, size: int, start: int = 0) -> bytes:
    """Return `size` bytes of an open file from `start`, or as many as it has."""
    data = os.pread(handle, size, start)
    while len(data) < size:
        more = os.pread(handle, size - len(data), start + len(data))
        if not more:
            break
        data += more
    return data


def write_all(handle: int, data: bytes) -> None:
    """Write bytes where an open file stands."""
    done = os.write(handle, data)
    while done < len(data):
        done += os.write(handle, memoryview(data)[done:])


def _extents(handle: int, size: int) -> Iterator[tuple[int, int]]:
    """Where an open file has bytes, hole by hole; all of it where that cannot be known."""
    seek_data, seek_hole = getattr(os, "SEEK_DATA", None), getattr(os, "SEEK_HOLE", None)
    position = 0
    while position < size:
        start, end = position, size
        if seek_data is not None and seek_hole is not None:
            try:
                start = os.lseek(handle, position, seek_data)
                end = min(os.lseek(handle, start, seek_hole), size)
            except OSError as error:
                if error.errno == errno.ENXIO:  # nothing but a hole from here on
                    return
        yield start, end
        position = end
