"""What stands on the disk already where an entry is to be written."""

import os
import stat
from enum import Enum
from typing import Final

from gitprov.artifacts.hashing import Tell, digest_bytes
from gitprov.artifacts.listing import Entry
from gitprov.artifacts.store.filling import digest_handle

_READ: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


class Standing(Enum):
    """What is there, compared with an entry."""

    NOTHING = 0
    SAME = 1
    """The bytes of the entry; whether it may be executed is another matter."""
    OTHER = 2
    DIRECTORY = 3


def standing(directory: int | None, entry: Entry, tell: Tell | None = None) -> Standing:
    """Compare an entry with what has its name in an open directory. No link is followed, no pipe waited for."""
    if directory is None:
        return Standing.NOTHING
    try:
        found = os.stat(entry.name, dir_fd=directory, follow_symlinks=False)
        if stat.S_ISDIR(found.st_mode):
            return Standing.DIRECTORY
        return Standing.SAME if _is_same(directory, entry, found, tell) else Standing.OTHER
    except FileNotFoundError:
        return Standing.NOTHING


def _is_same(directory: int, entry: Entry, found: os.stat_result, tell: Tell | None) -> bool:
    if stat.S_ISLNK(found.st_mode):
        return entry.mode == "link" and digest_bytes(os.readlink(entry.name, dir_fd=directory)) == entry.digest
    if entry.mode == "link" or not stat.S_ISREG(found.st_mode) or found.st_size != entry.size:
        return False
    try:
        handle = os.open(entry.name, _READ, dir_fd=directory)
    except PermissionError:
        return False
    try:
        return digest_handle(handle, tell).digest == entry.digest
    finally:
        os.close(handle)
