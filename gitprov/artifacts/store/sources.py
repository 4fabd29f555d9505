"""Files that are to be kept: opened once, and put under `tmp/` of the store as a copy or under a second name."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from gitprov.artifacts.store.filling import Link, clone, fill
from gitprov.artifacts.store.layout import TMP, Places, Temporary, unwritable
from gitprov.artifacts.store.owners import new_name
from gitprov.errors import ProvError
from gitprov.model.text import quote


@contextmanager
def opened(path: str | bytes) -> Iterator[tuple[int, os.stat_result]]:
    """Give a handle of a regular file and what `stat` says of it; OSError, or ProvError when it is none."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise ProvError(f"{quote(path)} is not a regular file", hint="name a file or a directory")
        yield handle, found
    finally:
        os.close(handle)


def has_changed(path: str | bytes, before: os.stat_result) -> bool:
    """Tell whether a path leads to other bytes than before; a second name for the file is no change."""
    try:
        now = os.stat(path)
    except FileNotFoundError:
        return True
    return (now.st_dev, now.st_ino, now.st_size, now.st_mtime_ns) != (
        before.st_dev,
        before.st_ino,
        before.st_size,
        before.st_mtime_ns,
    )


def put_aside(places: Places, path: str | bytes, source: int, link: Link) -> Temporary:
    """Return a file under `tmp/` with the bytes of `path`, which is open at `source`."""
    file = places.temporary()
    try:
        if link == "hardlink":
            if clone(source, file.handle):
                return file
            if second := _second_name(places, path, source):
                _drop(places, file)
                return second
        fill(source, file.handle, "copy" if link == "hardlink" else link)
    except OSError as error:
        _drop(places, file)
        raise unwritable(places.root, error) from error
    except BaseException:
        _drop(places, file)
        raise
    return file


def move_aside(places: Places, path: str | bytes) -> Temporary | None:
    """Move a file under `tmp/`; None where it is on another file system."""
    file = places.temporary()
    os.close(file.handle)
    try:
        with places.directory(TMP) as directory:
            os.rename(path, file.name, dst_dir_fd=directory)
            return Temporary(file.name, os.open(file.name, os.O_RDONLY | os.O_CLOEXEC, dir_fd=directory))
    except OSError as error:
        places.discard(file.name)
        if error.errno == errno.EXDEV:
            return None
        raise unwritable(places.root, error) from error


@contextmanager
def closing(places: Places, file: Temporary) -> Iterator[None]:
    """Close a file under `tmp/` at the end, and remove it when something goes wrong."""
    try:
        yield
    except BaseException:
        places.discard(file.name, file.mode)
        raise
    finally:
        os.close(file.handle)


def _drop(places: Places, file: Temporary) -> None:
    os.close(file.handle)
    places.discard(file.name)


def _second_name(places: Places, path: str | bytes, source: int) -> Temporary | None:
    """Return the file itself under a name in the store; None where the system allows none."""
    name = new_name()
    handle = -1
    try:
        with places.directory(TMP) as directory:
            os.link(path, name, dst_dir_fd=directory)
            handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=directory)
        if os.path.samestat(os.fstat(handle), os.fstat(source)):
            mode = stat.S_IMODE(os.fstat(source).st_mode)
            places.seal(handle)
            return Temporary(name, handle, mode)
    except OSError:  # another file system, another's file, a link: it is copied
        pass
    if handle >= 0:
        os.close(handle)
    with suppress(ProvError):
        places.discard(name)
    return None
