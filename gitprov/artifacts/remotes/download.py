"""One file on its way in: piece by piece into `tmp/<digest>.part` of the store, gone on with after a kill."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple

from gitprov.artifacts.hashing import Tell, digest_file
from gitprov.artifacts.remotes.backend import CHUNK, WRONG, Absent
from gitprov.artifacts.remotes.crew import in_order
from gitprov.artifacts.remotes.outcome import Outcome
from gitprov.artifacts.remotes.remote import Item, Remote
from gitprov.artifacts.remotes.telling import Share
from gitprov.artifacts.store import Damage, Store
from gitprov.artifacts.store.layout import hex_of, object_path, unwritable
from gitprov.errors import ProvError

_FLAGS: Final = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC


def download(remote: Remote, store: Store, tell: Tell, item: Item) -> Outcome:
    """Fetch a file into the store. What is wrong with it is said, and nothing of it is kept."""
    share = Share(tell, item.size)
    with partial(store, item.digest) as (path, handle):
        had = min(os.fstat(handle).st_size, item.size)
        size = 0
        try:
            share(had)
            size += _fill(remote, _Part(item, handle, had, share), store.root)
            wrong = _take(store, item, path)
            if wrong and had:  # what was here may be what was wrong
                os.ftruncate(handle, 0)
                size += _fill(remote, _Part(item, handle, 0, share), store.root)
                wrong = _take(store, item, path)
        except Absent:
            os.unlink(path)
            return Outcome(missing=(item.digest,))
        if wrong:
            os.unlink(path)
            return Outcome(size=size, damaged=(Damage(item.digest, remote.place(object_path(item.digest)), wrong),))
    share.finish()
    return Outcome(1, size)


class _Part(NamedTuple):
    """A file that is to be filled, and how many bytes of it are here."""

    item: Item
    handle: int
    had: int
    tell: Tell


def _fill(remote: Remote, part: _Part, root: str) -> int:
    """Ask for what is missing, some pieces ahead, and write it in order; return how many bytes came.

    One byte more than the file has is asked for, so that one that is too long is found out.
    """
    key = object_path(part.item.digest)
    size = part.item.size
    starts = range(part.had, max(size, 1), CHUNK)

    def read(start: int) -> bytes:
        return remote.backend.read(key, start, min(start + CHUNK, size + 1))

    offset = part.had
    for data in in_order(read, starts, remote.backend.streams, remote.stop):
        try:
            os.pwrite(part.handle, data, offset)
        except OSError as error:
            raise unwritable(root, error) from error
        offset += len(data)
        part.tell(len(data))
    return offset - part.had


def _take(store: Store, item: Item, path: str) -> str:
    """Give the file its place, or return what is wrong with it."""
    size = os.stat(path).st_size
    if size != item.size:
        return f"has {'more' if size > item.size else 'fewer'} bytes than its listing says"
    keeper = store.keeper()
    try:
        keeper.adopt(item.digest, path)
    except ProvError:
        keeper.abandon()
        if digest_file(path).digest != item.digest:
            return WRONG
        raise
    keeper.close()
    return ""


@contextmanager
def partial(store: Store, digest: str) -> Iterator[tuple[str, int]]:
    """Open the file that is filled, and its path; one of our own where another process is filling it."""
    try:
        path = os.path.join(store.workspace(), f"{hex_of(digest)}.part")
        handle = os.open(path, _FLAGS, 0o644)
        if not _claim(handle, path):
            os.close(handle)
            path = f"{path[:-5]}-{os.urandom(8).hex()}.part"
            handle = os.open(path, _FLAGS | os.O_EXCL, 0o644)
    except OSError as error:
        raise unwritable(store.root, error) from error
    try:
        yield path, handle
    finally:
        os.close(handle)


def _claim(handle: int, path: str) -> bool:
    """Tell whether nobody else fills this file: who did may have put it among the objects before it was locked here."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(handle), os.lstat(path))
    except OSError:
        return False
