"""Reading directories back from their listings, which may come from anywhere and are judged line by line."""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import Final

from gitprov.artifacts.hashing import digest_bytes
from gitprov.artifacts.listing.lines import MOST, Entry, parse_listing
from gitprov.artifacts.listing.parts import begins
from gitprov.errors import InvalidRecord

Read = Callable[[str], bytes]
"""Gives the bytes of the listing that a digest stands for; `verified` makes sure that they are."""
_HIGHEST: Final = 16  # levels of parts: far more than any number of files needs
_LONGEST: Final = 4096  # bytes of a path, as the system has it


def verified(read: Read) -> Read:
    """Return a reader that refuses (InvalidRecord) bytes that do not agree with their digest."""

    def read_and_verify(digest: str) -> bytes:
        data = read(digest)
        if digest_bytes(data) != digest:
            raise InvalidRecord(f"what stands for the listing {digest} has other bytes")
        return data

    return read_and_verify


def entries(digest: str, read: Read) -> Iterator[Entry]:
    """Give the entries of a directory, parts joined, sorted by name; InvalidRecord where they are not as they must be.

    What was given before that moment holds nothing unsafe, but may be an incomplete directory.
    """
    listing = parse_listing(read(digest))
    height = _height(listing, read)
    if not height:
        return iter(listing)
    return _Joined(height, read).entries(listing)


def find(digest: str, path: bytes, read: Read) -> Entry | None:
    """Return the entry at a path below a directory, reading one listing a level; None where there is none."""
    entry: Entry | None = None
    for name in path.split(b"/"):
        if entry and entry.mode != "dir":
            return None
        entry = _found(digest, name, read)
        if entry is None:
            return None
        digest = entry.digest
    return entry


def walk(digest: str, read: Read) -> Iterator[tuple[bytes, Entry]]:
    """Give all files and links below a directory, each with its path, in the order of names, directory by directory.

    InvalidRecord where a listing is not as it must be, or a directory's size is not that of what is below.
    """
    stack = [(b"", entries(digest, read), -1)]
    sizes = [0]
    while stack:
        above, remaining, size = stack[-1]
        for entry in remaining:
            path = above + entry.name
            sizes[-1] += entry.size
            if len(path) > _LONGEST:
                raise InvalidRecord("a path in the listings is longer than any system has it")
            if entry.mode == "dir":
                stack.append((path + b"/", entries(entry.digest, read), entry.size))
                sizes.append(0)
                break
            yield path, entry
        else:
            stack.pop()
            if sizes.pop() != size >= 0:
                raise InvalidRecord("a directory's size is not that of what is below it")


class _Joined:
    """The parts of one directory as one, and whether it is cut as it must be."""

    def __init__(self, height: int, read: Read) -> None:
        self._read = read
        self._height = height
        self._lines = [0] * height
        """How many lines there were, by level; the entries themselves are level 0."""
        self._length = [0] * height
        """How many lines the last part had, by level."""
        self._last = b""

    def entries(self, listing: list[Entry]) -> Iterator[Entry]:
        yield from self._below(listing, self._height)
        if min(self._lines) <= MOST:
            raise InvalidRecord("a listing is in parts that has room in one")

    def _below(self, listing: list[Entry], level: int) -> Iterator[Entry]:
        for part in listing:
            inner = parse_listing(self._read(part.digest))
            self._check(part, inner, level - 1)
            if level > 1:
                yield from self._below(inner, level - 1)
            else:
                yield from inner

    def _check(self, part: Entry, inner: list[Entry], level: int) -> None:
        if not inner or inner[0].name != part.name or sum(entry.size for entry in inner) != part.size:
            raise InvalidRecord("a part of a listing is not the one that was named")
        if any((entry.mode == "part") != (level > 0) for entry in inner[:1]):
            raise InvalidRecord("the parts of a listing are not of the same level")
        if level == 0:
            if self._lines[0] and part.name <= self._last:
                raise InvalidRecord("the parts of a listing are out of order or name an entry again")
            self._last = inner[-1].name
        is_cut = self._lines[level] == 0 or begins(level, part.name, self._length[level])
        if not is_cut or any(begins(level, entry.name, at) for at, entry in enumerate(inner[1:], 1)):
            raise InvalidRecord("a listing is cut into parts in another than the one way")
        self._lines[level] += len(inner)
        self._length[level] = len(inner)


def _height(listing: list[Entry], read: Read) -> int:
    """Return how many levels of parts there are above the entries."""
    for height in range(_HIGHEST):
        if not listing or listing[0].mode != "part":
            return height
        listing = parse_listing(read(listing[0].digest))
    raise InvalidRecord("the parts of a listing are nested too deep")


def _found(digest: str, name: bytes, read: Read) -> Entry | None:
    """Return the entry of one directory with this name."""
    for _ in range(_HIGHEST):
        listing = parse_listing(read(digest))
        at = bisect_right(listing, name, key=lambda entry: entry.name) - 1
        if at < 0:
            return None
        if listing[at].mode != "part":
            return listing[at] if listing[at].name == name else None
        digest = listing[at].digest
    raise InvalidRecord("the parts of a listing are nested too deep")
