"""What differs between two directories, by their listings: only what differs is read."""

from collections.abc import Iterator
from typing import NamedTuple

from gitprov.artifacts.listing.lines import Entry, parse_listing
from gitprov.artifacts.listing.read import Read, walk


class Difference(NamedTuple):
    """One file or link that is not the same: its path below the directory, what it was and what it is."""

    path: bytes
    old: Entry | None
    new: Entry | None


def differences(old: str, new: str, read: Read) -> Iterator[Difference]:
    """Give each file or link that differs between two directories, in the order of names, directory by directory.

    A directory that became a file, or the other way, is all that was in it and the file.
    """
    stack = [(b"", _pairs(old, new, read))]
    while stack:
        above, pairs = stack[-1]
        for one, other in pairs:
            path = above + (one or other or _NONE).name
            if one and other and one.mode == other.mode == "dir":
                stack.append((path + b"/", _pairs(one.digest, other.digest, read)))
                break
            yield from _sides(path, one, other, read)
        else:
            stack.pop()


_NONE = Entry("", 0, "", b"")


def _sides(path: bytes, old: Entry | None, new: Entry | None, read: Read) -> Iterator[Difference]:
    """Give the difference of two entries that are not both directories, opened where one is."""
    if old and old.mode == "dir":
        yield from (Difference(path + b"/" + below, entry, None) for below, entry in walk(old.digest, read))
        old = None
    if new and new.mode == "dir":
        yield from (Difference(path + b"/" + below, None, entry) for below, entry in walk(new.digest, read))
        new = None
    if old or new:
        yield Difference(path, old, new)


def _pairs(old: str, new: str, read: Read) -> Iterator[tuple[Entry | None, Entry | None]]:
    """Give the entries of two directories that differ, by name; parts that are the same are not opened."""
    if old == new:
        return
    one, other = _Side(old, read), _Side(new, read)
    while True:
        mine, its = one.head(), other.head()
        if mine is None and its is None:
            return
        if mine and its and mine[1:] == its[1:] and mine.mode == its.mode:
            one.skip()
            other.skip()
        elif mine and mine.mode == "part" and (its is None or mine.name <= its.name):
            one.open()
        elif its and its.mode == "part" and (mine is None or its.name <= mine.name):
            other.open()
        elif its is None or (mine and mine.name < its.name):
            yield one.skip(), None
        elif mine is None or its.name < mine.name:
            yield None, other.skip()
        else:
            yield one.skip(), other.skip()


class _Side:
    """The entries of one directory in order, parts being opened only when asked."""

    def __init__(self, digest: str, read: Read) -> None:
        self._read = read
        self._ahead = parse_listing(read(digest))[::-1]

    def head(self) -> Entry | None:
        """Return what comes next, an entry or a part."""
        return self._ahead[-1] if self._ahead else None

    def skip(self) -> Entry:
        """Go past it."""
        return self._ahead.pop()

    def open(self) -> None:
        """Put what is in the part that comes next into its place."""
        self._ahead += parse_listing(self._read(self._ahead.pop().digest))[::-1]
