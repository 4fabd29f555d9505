"""Carrying a plan out: file by file, each beside its place first, then put there under its name."""

import errno
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Final, NamedTuple

from gitprov.artifacts.checkout.directories import Directories
from gitprov.artifacts.checkout.names import is_partial, partial_name
from gitprov.artifacts.checkout.standing import Standing, standing
from gitprov.artifacts.hashing import Tell
from gitprov.artifacts.listing import Entry, Read, walk
from gitprov.artifacts.store.layout import unwritable
from gitprov.errors import ProvError
from gitprov.model.text import quote

Fetch = Callable[[Entry, int], object]
"""Puts the verified bytes of a file's entry into an empty file, open at a handle for reading and writing."""

StandIn = Callable[[bytes, Entry], bool]
"""Tells whether what is at an entry's path, below the root, is nothing of its own and may go for the entry's bytes."""

_NEW: Final = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_EXECUTABLE: Final = 0o111


def never(_path: bytes, _entry: Entry) -> bool:
    """Let nothing go."""
    return False


def always(_path: bytes, _entry: Entry) -> bool:
    """Let anything go."""
    return True


class Item(NamedTuple):
    """One thing that is written, by its path below the root."""

    path: bytes
    entry: Entry


class Done(NamedTuple):
    """What was written, what was there already, and the bytes of what was written."""

    written: int
    left: int
    size: int


def leaves(items: Iterable[Item], read: Read) -> Iterator[tuple[bytes, Entry]]:
    """Give the files and links of all items, each with its path below the root."""
    for path, entry in items:
        if entry.mode == "dir":
            above = path + b"/" if path else b""
            yield from ((above + below, leaf) for below, leaf in walk(entry.digest, read))
        else:
            yield path, entry


def write(
    root: bytes,
    entries: Iterable[tuple[bytes, Entry]],
    read: Read,
    fetch: Fetch,
    *,
    stand_in: StandIn,
    known: StandIn,
    tell: Tell | None,
) -> Done:
    """Write entries below `root`; see `Plan.carry_out`."""
    try:
        with Directories(root, make=True, found=_sweep) as directories, _alone(root, directories.at(b"")) as handle:
            _sweep(handle)
            try:
                return _Writer(directories, read, fetch, stand_in=stand_in, known=known, tell=tell).all(entries)
            except BaseException:
                directories.remove_empty()
                raise
    except OSError as error:
        raise unwritable(quote(root), error) from error


class _Writer:
    def __init__(
        self,
        directories: Directories,
        read: Read,
        fetch: Fetch,
        *,
        stand_in: StandIn,
        known: StandIn,
        tell: Tell | None,
    ) -> None:
        self._directories = directories
        self._read = read
        self._fetch = fetch
        self._stand_in = stand_in
        self._known = known
        self._tell = tell or (lambda _: None)

    def all(self, entries: Iterable[tuple[bytes, Entry]]) -> Done:
        written = left = size = 0
        for path, entry in entries:
            above, _, name = path.rpartition(b"/")
            directory = self._directories.at(above)  # even for what is known: unfinished files are swept on the way
            if not self._known(path, entry) and self._one(path, directory, entry._replace(name=name)):
                written += 1
                size += entry.size
            else:
                left += 1
            self._tell(entry.size)
        return Done(written, left, size)

    def _one(self, path: bytes, directory: int | None, entry: Entry) -> bool:
        """Write one file or link, unless it is there."""
        found = standing(directory, entry)
        if found is Standing.SAME:
            _set_executable(directory, entry)
            return False
        if found is Standing.DIRECTORY or (found is Standing.OTHER and not self._stand_in(path, entry)):
            raise _in_the_way(path)
        name = partial_name(os.urandom(8))
        try:
            if entry.mode == "link":
                os.symlink(self._read(entry.digest), name, dir_fd=directory)
            else:
                self._write_file(name, directory, entry, path)
            if found is Standing.OTHER:
                os.rename(name, entry.name, src_dir_fd=directory, dst_dir_fd=directory)
            else:
                _put(name, directory, entry.name, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(name, dir_fd=directory)
            raise
        return True

    def _write_file(self, name: bytes, directory: int | None, entry: Entry, path: bytes) -> None:
        handle = os.open(name, _NEW, 0o777 if entry.mode == "755" else 0o666, dir_fd=directory)
        try:
            self._fetch(entry, handle)
            size = os.fstat(handle).st_size
        finally:
            os.close(handle)
        if size != entry.size:
            raise ProvError(
                f"{quote(path, one_line=True)} came with {size} bytes and not {entry.size}",
                hint="see `git prov data verify`",
            )


def _put(name: bytes, directory: int | None, target: bytes, path: bytes) -> None:
    """Give a file its name without taking the name from anything else."""
    try:
        os.link(name, target, src_dir_fd=directory, dst_dir_fd=directory, follow_symlinks=False)
    except FileExistsError as error:
        raise _in_the_way(path) from error
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK):
            raise
        os.rename(name, target, src_dir_fd=directory, dst_dir_fd=directory)  # no second names on this file system
        return
    os.unlink(name, dir_fd=directory)


def _set_executable(directory: int | None, entry: Entry) -> None:
    """Let a file that was there be executable as its entry says, for those who may read it."""
    if entry.mode == "link":
        return
    handle = os.open(entry.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK, dir_fd=directory)
    try:
        mode = os.fstat(handle).st_mode & 0o7777
        wanted = mode | ((mode & 0o444) >> 2) if entry.mode == "755" else mode & ~_EXECUTABLE
        if wanted != mode and (entry.mode == "755") != bool(mode & 0o100):
            with suppress(PermissionError):  # another's file
                os.fchmod(handle, wanted)
    finally:
        os.close(handle)


def _sweep(directory: int) -> None:
    """Remove what a killed process left; nobody else is at work here."""
    for name in os.listdir(directory):
        if is_partial(os.fsencode(name)):
            os.unlink(name, dir_fd=directory)


@contextmanager
def _alone(root: bytes, handle: int | None) -> Iterator[int]:
    """Keep others from writing below the same root meanwhile; whoever is killed lets go."""
    from fcntl import LOCK_EX, LOCK_NB, flock

    assert handle is not None
    try:
        flock(handle, LOCK_EX | LOCK_NB)
    except BlockingIOError as error:
        raise ProvError(f"another process is writing below {quote(root)}", hint="wait until it is done") from error
    yield handle


def _in_the_way(path: bytes) -> ProvError:
    return ProvError(
        f"{quote(path, one_line=True)} came into the way; it was not touched",
        hint="move it away, then do the same again: what is written already stays",
    )
