"""Very many digests in little memory: 40 bytes for a file, where a dict of texts takes ten times as much."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from gitprov.artifacts.remotes import Item

_RAW: Final = 32  # bytes of a digest
_ROW: Final = _RAW + 8
_WINDOW: Final = 1 << 16


class Gathered:
    """Files by digest, as they are found: whichever is found again counts once, with the size that was said last."""

    def __init__(self) -> None:
        self._rows = [bytearray() for _ in range(256)]

    def add(self, digest: str, size: int) -> None:
        """Take a file; its size is below 2**64."""
        raw = bytes.fromhex(digest[3:])
        self._rows[raw[0]] += raw + size.to_bytes(8, "big")

    def items(self) -> Iterator[Item]:
        """Give each once, the lowest digest first."""
        for rows in self._rows:
            sizes = {rows[at : at + _RAW].hex(): rows[at + _RAW : at + _ROW] for at in range(0, len(rows), _ROW)}
            yield from (Item(f"b3:{digits}", int.from_bytes(sizes[digits], "big")) for digits in sorted(sizes))

    def windows(self) -> Iterator[list[Item]]:
        """Give them all in lists that are worth a question."""
        items = self.items()
        while window := list(islice(items, _WINDOW)):
            yield window


class Digests:
    """A set of digests that is made once, lowest first, 32 bytes each."""

    def __init__(self, ordered: Iterable[str]) -> None:
        self._rows = b"".join(bytes.fromhex(digest[3:]) for digest in ordered)

    def __len__(self) -> int:
        return len(self._rows) // _RAW

    def __contains__(self, digest: str) -> bool:
        raw = bytes.fromhex(digest[3:])
        at = bisect_left(range(len(self)), raw, key=self._raw)
        return at < len(self) and self._raw(at) == raw

    def _raw(self, at: int) -> bytes:
        return self._rows[at * _RAW : (at + 1) * _RAW]
