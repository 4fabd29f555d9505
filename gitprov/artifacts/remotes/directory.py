"""A directory as a remote: a disk, a mounted share, another clone's store."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from gitprov.artifacts.remotes import partial
from gitprov.artifacts.remotes.backend import Absent, Outgoing, Transient
from gitprov.errors import ProvError

_FULL: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_PASSING: Final = {errno.EAGAIN, errno.EBUSY, errno.EINTR, errno.EIO, errno.ESTALE, errno.ETIMEDOUT, errno.ENFILE}
_FLAGS: Final = os.O_CLOEXEC | os.O_NOFOLLOW


class Directory:
    """Backend. Files get there by a temporary name, are synced, read again, and renamed."""

    streams = 1

    def __init__(self, name: str, root: str) -> None:
        self._name = name
        self._root = root

    def reach(self, *, writing: bool) -> None:
        """See `Backend.reach`."""
        if not os.path.isdir(self._root):
            raise ProvError(
                f"remote {self._name!r}: there is no directory {self._root}",
                hint=f"mount what holds it, or make it: mkdir -p {self._root}",
            )
        if not os.access(self._root, os.R_OK | os.X_OK | (os.W_OK if writing else 0)):
            raise self._denied()

    def size(self, key: str) -> int | None:
        """See `Backend.size`."""
        try:
            with self.words():
                status = os.lstat(self._path(key))
        except Absent:
            return None
        return status.st_size if stat.S_ISREG(status.st_mode) else None

    def listing(self, folder: str) -> Iterator[tuple[str, int]]:
        """See `Backend.listing`."""
        try:
            with self.words(), os.scandir(self._path(folder)) as entries:
                for entry in entries:
                    if entry.is_file(follow_symlinks=False):
                        yield entry.name, entry.stat(follow_symlinks=False).st_size
        except Absent:
            return

    def read(self, key: str, start: int, stop: int) -> bytes:
        """See `Backend.read`."""
        with self.words():
            handle = os.open(self._path(key), os.O_RDONLY | os.O_NONBLOCK | _FLAGS)
            try:
                data = os.pread(handle, stop - start, start)
                while len(data) < stop - start and (
                    more := os.pread(handle, stop - start - len(data), start + len(data))
                ):
                    data += more
                return data
            finally:
                os.close(handle)

    def send(self, key: str, outgoing: Outgoing) -> None:
        """See `Backend.send`."""
        partial.send(self, key, outgoing, lambda: os.urandom(8).hex())

    def close(self) -> None:
        """See `Backend.close`."""

    @contextmanager
    def writer(self, key: str) -> Iterator["_Writer"]:
        """See `partial.Files.writer`."""
        path = self._path(key)
        with self.words():
            os.makedirs(os.path.dirname(path), exist_ok=True)
            try:
                handle = os.open(path, os.O_RDWR | os.O_CREAT | _FLAGS, 0o666)
            except PermissionError as error:
                if os.path.lexists(path):
                    raise partial.Forbidden from error
                raise
        try:
            yield _Writer(handle, self)
        finally:
            os.close(handle)

    def rename(self, key: str, new: str) -> None:
        """See `partial.Files.rename`."""
        source, target = self._path(key), self._path(new)
        folder = os.path.dirname(target)
        with self.words():
            os.makedirs(folder, exist_ok=True)
            with suppress(PermissionError):  # another user's, who began it
                os.chmod(source, stat.S_IMODE(os.stat(source).st_mode) & ~0o222)
            os.rename(source, target)
            handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
            try:
                with suppress(OSError):  # some file systems sync no directory
                    os.fsync(handle)
            finally:
                os.close(handle)

    def remove(self, key: str) -> None:
        """See `partial.Files.remove`."""
        with suppress(Absent), self.words():
            os.unlink(self._path(key))

    def _path(self, key: str) -> str:
        return os.path.join(self._root, key)

    @contextmanager
    def words(self) -> Iterator[None]:
        """Say what goes wrong as a backend says it."""
        try:
            yield
        except (FileNotFoundError, NotADirectoryError) as error:
            raise Absent from error
        except OSError as error:
            raise self._explained(error) from error

    def _explained(self, error: OSError) -> Exception:
        if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
            return self._denied()
        if error.errno in _FULL:
            return ProvError(
                f"remote {self._name!r} is full: {error.strerror}",
                hint="free some space there, then say the same again; it goes on from where it was",
            )
        if error.errno in _PASSING:
            return Transient(error.strerror or "input or output failed")
        return ProvError(f"remote {self._name!r} cannot be used: {error.strerror}", hint=f"see {self._root}")

    def _denied(self) -> ProvError:
        return ProvError(
            f"remote {self._name!r}: permission denied in {self._root}", hint="ask its owner, or see `ls -ld` of it"
        )


class _Writer:
    def __init__(self, handle: int, place: Directory) -> None:
        self._handle = handle
        self._place = place

    def write(self, offset: int, data: bytes) -> None:
        """See `partial.Writer.write`."""
        with self._place.words():
            done = 0
            while done < len(data):
                done += os.pwrite(self._handle, memoryview(data)[done:], offset + done)

    def finish(self, size: int) -> None:
        """See `partial.Writer.finish`."""
        with self._place.words():
            if os.fstat(self._handle).st_size > size:
                os.ftruncate(self._handle, size)
            os.fsync(self._handle)
