"""Bytes on their way into a file: hashed while they are written, and never more of them than were expected."""

import os
from typing import Final, Self

from blake3 import blake3

from gitprov.artifacts.hashing import Tell
from gitprov.errors import NotFound, ProvError
from gitprov.model.text import visible

PIECE: Final = 1 << 20
"""Bytes that are read and written at a time."""
_NEW: Final = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW


class Disagrees(ProvError):
    """The bytes that came are not those that were asked for; none of them were kept."""


class Delivery:
    """A file that is being filled with the bytes of `digest`; what an earlier try left in it may be gone on from.

    `size` is the number of bytes, where it is known. `tell` hears of each piece, and of a negative number when bytes
    are thrown away. Leaving the `with` block closes the file and keeps what came.
    """

    def __init__(self, target: str, digest: str, size: int | None = None, tell: Tell | None = None) -> None:
        self.digest = digest
        self.size = size
        self._target = target
        self._tell = tell
        try:
            self._file = open(os.open(target, _NEW, 0o600), "r+b", buffering=0)  # noqa: SIM115 - closed by __exit__
        except OSError as error:
            raise ProvError(f"{visible(target)} cannot be written: {error.strerror}") from error
        self._hasher = blake3(max_threads=blake3.AUTO)
        self.done = 0
        """Bytes that are in the file."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def resume(self) -> int:
        """Go on behind what is in the file, and return how many bytes that is."""
        self._start(0)
        while piece := self._file.read(PIECE):
            self._count(piece)
        if self.size is not None and self.done > self.size:
            self.restart()
        return self.done

    def restart(self) -> None:
        """Begin again with an empty file."""
        if self._tell and self.done:
            self._tell(-self.done)
        self._start(0)
        self._file.truncate()

    def write(self, data: bytes) -> None:
        """Add bytes. Raises `Disagrees` at the first one too many."""
        if self.size is not None and self.done + len(data) > self.size:
            self._refuse(f"more than the {self.size} bytes of {self.digest} came")
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError as error:  # a failure of ours, not to be taken for one of the source
            raise ProvError(f"{visible(self._target)} cannot be written: {error.strerror}") from error
        self._count(data)

    def finish(self, source: str) -> None:
        """Make sure that these are the bytes, and that they stay. `Disagrees`, and an empty file, when they are not."""
        if f"b3:{self._hasher.hexdigest()}" != self.digest:
            self._refuse(f"what came from {visible(source)} is not {self.digest} ({self.done} bytes came)")
        os.fsync(self._file.fileno())

    def agrees(self) -> bool:
        """Tell whether the bytes so far are all of them, and the right ones."""
        return f"b3:{self._hasher.hexdigest()}" == self.digest

    def _start(self, offset: int) -> None:
        self._file.seek(offset)
        self._hasher = blake3(max_threads=blake3.AUTO)
        self.done = offset

    def _count(self, data: bytes) -> None:
        self._hasher.update(data)
        self.done += len(data)
        if self._tell:
            self._tell(len(data))

    def _refuse(self, message: str) -> None:
        self.restart()
        raise Disagrees(message, hint="the bytes there have changed or are damaged; look for another copy")


def copy(path: str, delivery: Delivery) -> None:
    """Deliver a local file, not through a symbolic link. Raises `NotFound`, `Disagrees`."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise NotFound(f"{visible(path)} cannot be read: {error.strerror}") from error
    with open(fd, "rb", buffering=0) as file:
        delivery.restart()
        while piece := file.read(PIECE):
            delivery.write(piece)
    delivery.finish(path)
