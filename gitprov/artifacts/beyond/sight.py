"""Whether two machines see the same directory under the same path.

A copy has the same names and perhaps the same times of change; but the time of the inode's last change is nobody's to
set. In whole seconds, as some network file systems keep no more.
"""

import os
import sys
from collections.abc import Iterable
from typing import Final, NamedTuple

from gitprov.errors import ProvError
from gitprov.model.text import quote

_SECOND: Final = 1_000_000_000
_OPEN: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


class Look(NamedTuple):
    """What a directory looks like; without `reason` it is there."""

    path: bytes
    inode: int = 0
    modified: int = 0
    changed: int = 0
    reason: str = ""


class Sight(NamedTuple):
    """What a worker must be and see."""

    version: str
    byteorder: str
    looks: tuple[Look, ...]


class Unseen(NamedTuple):
    """How a worker differs: in words, and what it sees instead."""

    reason: str
    look: Look | None = None


def differing(words: str) -> ProvError:
    """Return what is raised where workers do not see what they must see."""
    return ProvError(
        f"not every worker sees the same files: {words}",
        hint="mount the same storage there, under the same path; or leave out --scheduler",
    )


def version() -> str:
    """Return the version of gitprov that runs here; the package itself stands above this room."""
    return str(sys.modules["gitprov"].__version__)


def look(path: bytes) -> Look:
    """Look at a directory. It is opened, as that is when a network file system asks its server anew."""
    try:
        handle = os.open(path, _OPEN)
        try:
            found = os.fstat(handle)
        finally:
            os.close(handle)
    except OSError as error:
        return Look(path, reason=error.strerror or str(error))
    return Look(path, found.st_ino, found.st_mtime_ns // _SECOND, found.st_ctime_ns // _SECOND)


def sight(paths: Iterable[bytes]) -> Sight:
    """Return what is seen here of directories. ProvError for one that cannot be read."""
    looks = tuple(look(path) for path in paths)
    for one in looks:
        if one.reason:
            raise ProvError(f"{quote(one.path)} cannot be read: {one.reason}", hint="name a directory that is there")
    return Sight(version(), sys.byteorder, looks)


def unseen(expected: Sight) -> Unseen | None:
    """Say how this machine differs from what is expected; None where it does not."""
    if expected.version != version():
        return Unseen(f"has gitprov {version()}, and here it is {expected.version}")
    if expected.byteorder != sys.byteorder:
        return Unseen("has another order of bytes")
    for one in expected.looks:
        found = look(one.path)
        if found.reason:
            return Unseen(f"does not see {quote(one.path)}: {found.reason}", found)
        if found != one:
            return Unseen(f"sees another directory at {quote(one.path)}", found)
    return None
