"""Where things stand in a store, and how files get there: written aside, synced, then renamed.

Directories are opened one below the other, each without following a link, so that nobody who may write into a
shared store can lead a write out of it.
"""

import errno
import os
import re
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final, NamedTuple

from gitprov.artifacts.store.owners import is_left, new_name
from gitprov.errors import InvalidRecord, NotFound, ProvError

OBJECTS: Final = "objects"
PACKS: Final = "packs"
TMP: Final = "tmp"
QUARANTINE: Final = "quarantine"

_DIGEST: Final = re.compile(r"b3:[0-9a-f]{64}")
_DAY: Final = 86_400  # seconds after which what a killed process left is swept
_DIRECTORY: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_NEW: Final = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_FULL: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FORBIDDEN: Final = {errno.EACCES, errno.EPERM, errno.EROFS}


def hex_of(digest: str) -> str:
    """Return the 64 hex digits of a `b3:` digest; InvalidRecord when it is none."""
    if not _DIGEST.fullmatch(digest):
        raise InvalidRecord(f"{digest[:80]!r} is not a digest")
    return digest[3:]


def object_place(digest: str) -> tuple[str, str]:
    """Return the directory below `objects` and the name in it of a file of bytes."""
    digits = hex_of(digest)
    return digits[:2], digits[2:]


def object_path(digest: str) -> str:
    """Return where in a store a file of bytes stands."""
    return "/".join((OBJECTS, *object_place(digest)))


class Temporary(NamedTuple):
    """A file under `tmp/` that is being written: its name, and a handle open for reading and writing."""

    name: str
    handle: int
    mode: int | None = None
    """For a second name of somebody's file: the mode it had, and gets again where it is not kept."""


class Places:
    """The directories of one store. With `shared`, whatever is made is for the whole group, whatever the umask."""

    def __init__(self, root: str, *, shared: bool) -> None:
        self.root = root
        self._shared = shared

    def path(self, *names: str) -> str:
        """Return the path of something in the store."""
        return os.path.join(self.root, *names)

    @contextmanager
    def directory(self, *names: str, make: bool = False) -> Iterator[int]:
        """Give a handle of a directory of the store; no link below the root is followed.

        FileNotFoundError where it is not there and not to be made.
        """
        with self._words(*names, make=make):
            handle = self._open_root(make=make)
            try:
                for name in names:
                    below = self._open_below(handle, name, make=make)
                    os.close(handle)
                    handle = below
            except BaseException:
                os.close(handle)
                raise
        try:
            yield handle
        finally:
            os.close(handle)

    def temporary(self) -> Temporary:
        """Make a new file under `tmp/`; it is for reading alone for everybody but who holds the handle."""
        name = new_name()
        with self.directory(TMP, make=True) as directory, self.saving():
            handle = os.open(name, _NEW, 0o444, dir_fd=directory)
            if self._shared:
                os.fchmod(handle, 0o444)
        return Temporary(name, handle)

    def seal(self, handle: int) -> None:
        """Take the right to write a file from everybody; who has it open already keeps it."""
        mode = stat.S_IMODE(os.fstat(handle).st_mode) & ~0o222
        os.fchmod(handle, mode | 0o444 if self._shared else mode)

    def discard(self, name: str, mode: int | None = None) -> None:
        """Remove a file under `tmp/`, if it is there; one with another name gets its `mode` back before."""
        with suppress(OSError), self.directory(TMP) as directory:
            if mode is not None:
                handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=directory)
                try:
                    os.fchmod(handle, mode)
                finally:
                    os.close(handle)
            os.unlink(name, dir_fd=directory)

    def put(self, temporary: str, *place: str) -> None:
        """Give a file under `tmp/`, written and synced, its place. What stands there already is the same bytes."""
        *directories, name = place
        with self.directory(TMP) as source, self.directory(*directories, make=True) as target, self.saving():
            os.rename(temporary, name, src_dir_fd=source, dst_dir_fd=target)

    def sync(self, *names: str) -> None:
        """Make sure that what was put into a directory survives a loss of power."""
        with self.directory(*names) as directory, suppress(OSError):  # some file systems sync no directory
            os.fsync(directory)

    def set_aside(self, *place: str) -> str:
        """Move a file into `quarantine/`, and return where; `""` where it may not be moved or is gone."""
        *directories, name = place
        there = f"{''.join(place[1:])}-{os.urandom(4).hex()}"
        try:
            with self.directory(*directories) as source, self.directory(QUARANTINE, make=True) as target:
                os.rename(name, there, src_dir_fd=source, dst_dir_fd=target)
        except (OSError, ProvError):
            return ""
        return self.path(QUARANTINE, there)

    def sweep(self, now: float | None = None) -> None:
        """Remove what processes of this machine left under `tmp/` that are no more, and what is more than a day old."""
        limit = (time.time() if now is None else now) - _DAY
        with suppress(OSError, ProvError), self.directory(TMP) as directory:
            for name in os.listdir(directory):
                with suppress(OSError):  # its owner was quicker, or it is another user's
                    changed = os.stat(name, dir_fd=directory, follow_symlinks=False).st_mtime
                    if is_left(name, is_old=changed < limit):
                        os.unlink(name, dir_fd=directory)

    @contextmanager
    def saving(self) -> Iterator[None]:
        """Put into words what keeps something from being written."""
        try:
            yield
        except OSError as error:
            raise unwritable(self.root, error) from error

    @contextmanager
    def _words(self, *names: str, make: bool) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if error.errno in (errno.ENOTDIR, errno.ELOOP):
                raise ProvError(
                    f"{self.path(*names)} is no directory of a store, or a link stands on the way",
                    hint="a store's directories are never links; see who put it there, and remove it",
                ) from error
            if error.errno in _FORBIDDEN and not make:
                raise unreadable(self.root, error) from error
            if error.errno in _FULL | _FORBIDDEN:
                raise unwritable(self.root, error) from error
            raise

    def _open_root(self, *, make: bool) -> int:
        try:
            return os.open(self.root, _DIRECTORY)
        except FileNotFoundError:
            if not make:
                raise
        os.makedirs(self.root, exist_ok=True)
        handle = os.open(self.root, _DIRECTORY)
        self._share(handle)
        return handle

    def _open_below(self, handle: int, name: str, *, make: bool) -> int:
        try:
            return os.open(name, _DIRECTORY | os.O_NOFOLLOW, dir_fd=handle)
        except FileNotFoundError:
            if not make:
                raise
        with suppress(FileExistsError):
            os.mkdir(name, dir_fd=handle)
        below = os.open(name, _DIRECTORY | os.O_NOFOLLOW, dir_fd=handle)
        self._share(below)
        return below

    def _share(self, handle: int) -> None:
        if self._shared:
            with suppress(PermissionError):  # another user made it at the same moment, and shared it
                os.fchmod(handle, 0o2775)


def unwritable(path: str, error: OSError) -> ProvError:
    """Say in words why nothing could be written below `path`, and what to do."""
    if error.errno in _FULL:
        return ProvError(
            f"there is no room to write below {path}: {error.strerror}",
            hint="free some space or raise the quota, then do the same again: what is whole is kept",
        )
    if error.errno in _FORBIDDEN:
        return ProvError(f"{path} may not be written: {error.strerror}", hint="see who owns it, and its permissions")
    return ProvError(f"{path} cannot be written: {error.strerror}", hint="see that the disk is sound, then try again")


def unreadable(path: str, error: OSError) -> ProvError:
    """Say in words why nothing below `path` could be looked at, and what to do."""
    return ProvError(f"{path} may not be read: {error.strerror}", hint="see who owns it, and its permissions")


def not_stored(digest: str, root: str) -> NotFound:
    """Return what is raised for a digest that a store has not."""
    return NotFound(f"{digest} is not in the store {root}", hint="get it from a remote: `git prov data get`")
