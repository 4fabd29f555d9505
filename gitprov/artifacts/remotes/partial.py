"""Uploading where files can be written piecemeal and renamed: aside, read again, then under their name.

What is half there has the name of what it will be, so that whoever comes next goes on with it. Two who send the same
at the same time write the same bytes to the same places; whoever is second to rename finds it done.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final, Protocol

from gitprov.artifacts.remotes.backend import Absent, Outgoing, Transient
from gitprov.artifacts.remotes.whole import Reader, is_whole

TEMPORARY: Final = "tmp"


class Forbidden(Exception):
    """The file is another user's, who does not let us."""


class Files(Reader, Protocol):
    """What is needed of a place with files. Paths are keys; OSError and what else goes wrong are translated already."""

    def size(self, key: str) -> int | None:
        """Return the size of a file, None where there is none."""

    def writer(self, key: str) -> AbstractContextManager["Writer"]:
        """Open a file for writing at any place, and make it where it is not there. Forbidden."""

    def rename(self, key: str, new: str) -> None:
        """Give a file its name, over one that has it already; make the directory. Absent."""

    def remove(self, key: str) -> None:
        """Remove a file, if it is there."""


class Writer(Protocol):
    """An open file."""

    def write(self, offset: int, data: bytes) -> None:
        """Write bytes at a place."""

    def finish(self, size: int) -> None:
        """Cut the file to a size, and make sure that it is on the disk."""


def send(files: Files, key: str, outgoing: Outgoing, random: Callable[[], str]) -> None:
    """Upload, going on from what is there. `random` names the file where another user's is in the way."""
    name = "".join(key.split("/")[1:])
    part = f"{TEMPORARY}/{name}.part"
    try:
        _write(files, part, outgoing, files.size(part) or 0)
    except Forbidden:
        part = f"{TEMPORARY}/{name}-{random()}.part"
        _write(files, part, outgoing, 0)
    if not is_whole(files, part, outgoing):
        if _is_there(files, key, outgoing):  # another one has sent and renamed it meanwhile
            return
        _write(files, part, outgoing, 0)
        if not is_whole(files, part, outgoing):
            files.remove(part)
            raise Transient("what was sent is not what has arrived")
    try:
        files.rename(part, key)
    except Absent:
        if not _is_there(files, key, outgoing):
            raise Transient("what was sent was moved away by somebody else") from None


def _write(files: Files, part: str, outgoing: Outgoing, have: int) -> None:
    """Write what is missing; all of it is read here in any case, to know that it is sound."""
    with files.writer(part) as writer:
        for offset, data in outgoing.chunks():
            if offset + len(data) > have:
                missing = data[max(0, have - offset) :]
                writer.write(offset + len(data) - len(missing), missing)
                outgoing.sent += len(missing)
        writer.finish(outgoing.size)


def _is_there(files: Files, key: str, outgoing: Outgoing) -> bool:
    return files.size(key) == outgoing.size and is_whole(files, key, outgoing)
