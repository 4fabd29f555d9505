"""Pieces of a file mapped for writing, without a descriptor that stays open."""

import mmap
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, List

_FLAGS = mmap.MAP_SHARED | getattr(mmap, "MAP_POPULATE", 0)
"""Getting all pages at once takes half as long as getting one after the other."""
_KEPT: "List[object]" = []
_KEPT.append((lambda: 0).__code__.replace(co_consts=(_KEPT,)))
"""What is never freed, not even when the interpreter ends: the collector does not look through code objects."""


def room_for(least: int, wanted: int) -> int:
    """Return how much can be mapped at once, in bytes: `wanted`, but at least `least`."""
    return -(-max(least, wanted) // mmap.ALLOCATIONGRANULARITY) * mmap.ALLOCATIONGRANULARITY


def map_piece(path: str, start: int, room: int) -> "Callable[[bytes], object]":
    """Reserve `room` bytes from `start` on and return what writes to them, one `bytes` after the other.

    Both are multiples of what can be mapped. What is returned raises `ValueError` when its room is used up. It is one
    step for all threads and for signal handlers. Raises `OSError` where the file cannot be opened, reserved or mapped.
    """
    fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        # Writing to a mapping while the disk is full would kill the process.
        os.posix_fallocate(fd, start, room)
        if sys.version_info >= (3, 13):
            return mmap.mmap(fd, room, flags=_FLAGS, offset=start, trackfd=False).write
        return _without_descriptor(fd, start, room)
    finally:
        os.close(fd)


def _without_descriptor(fd: int, start: int, room: int) -> "Callable[[bytes], object]":
    # A mapping keeps a copy of the descriptor, and closes its number when it is freed, whoever has it by then. So the
    # copy is closed now, and the mapping is never freed.
    likely = os.dup(fd)
    os.close(likely)
    piece = mmap.mmap(fd, room, flags=_FLAGS, offset=start)
    if not os.path.sameopenfile(fd, likely):
        raise OSError("another thread took the number")
    _KEPT.append(piece)
    os.close(likely)
    return piece.write
