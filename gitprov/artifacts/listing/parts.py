"""Listings in parts: where a long listing is cut, which depends on the names alone.

A part begins at a name whose CRC-32 has certain six bits zero, so it is some 64 lines long, and entries that come or go
move no other seam. The parts are listed in turn, one line each; where that list is too long it is cut itself, by the
next six bits. So one changed entry among any number makes one new part a level, and versions share all the others.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Final
from zlib import crc32

from gitprov.artifacts.hashing import digest_bytes
from gitprov.artifacts.listing.lines import MOST, Entry

_BITS: Final = 6
_MASK: Final = (1 << _BITS) - 1
_LEVELS: Final = 5
"""Levels that are cut by names; a CRC-32 has no bits for more, so above them only the length counts."""

Sink = Callable[[str, bytes], object]
"""Takes a listing: its digest and its bytes."""


def begins(level: int, name: bytes, length: int) -> bool:
    """Tell whether a part begins at `name`, where the one before has `length` lines."""
    return length >= MOST or (level < _LEVELS and not (crc32(name) >> _BITS * level) & _MASK)


def cut(entries: Iterable[Entry]) -> Iterator[tuple[str, bytes]]:
    """Give the listings, digest and bytes, of a directory with these entries, sorted by name; its own is the last."""
    made: list[tuple[str, bytes]] = []
    cutter = Cutter(lambda digest, data: made.append((digest, data)))
    before: bytes | None = None
    for entry in entries:
        if before is not None and entry.name <= before:
            raise ValueError("the entries are not sorted by name")
        before = entry.name
        cutter.add(entry.name, entry.size, entry.line())
        yield from made
        made.clear()
    cutter.finish()
    yield from made


class Cutter:
    """Makes the listings of one directory from its lines, which come in order; holds no more than a part a level."""

    def __init__(self, sink: Sink, level: int = 0) -> None:
        self._sink = sink
        self._level = level
        self._held: list[tuple[bytes, int, str]] = []
        self._above: Cutter | None = None
        """Takes the parts, once there are any."""

    def add(self, name: bytes, size: int, line: str) -> None:
        """Take the next entry."""
        if self._above or len(self._held) == MOST:
            above = self._above or self._begin()
            if self._held and begins(self._level, name, len(self._held)):
                self._end_part(above)
        self._held.append((name, size, line))

    def finish(self) -> Entry:
        """Make what is left, last the directory's own listing, and return it: its total size and its digest."""
        if self._above is None:
            return self._made()
        self._end_part(self._above)
        return self._above.finish()

    def _begin(self) -> "Cutter":
        """There are too many for one listing: cut what has come so far."""
        self._above = above = Cutter(self._sink, self._level + 1)
        held, self._held = self._held, []
        for item in held:
            self.add(*item)
        return above

    def _end_part(self, above: "Cutter") -> None:
        part = self._made()
        above.add(part.name, part.size, part.line())
        self._held = []

    def _made(self) -> Entry:
        data = "".join([line for _, _, line in self._held]).encode()
        digest = digest_bytes(data)
        self._sink(digest, data)
        return Entry("part", sum([size for _, size, _ in self._held]), digest, self._held[0][0] if self._held else b"")
