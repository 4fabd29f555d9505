"""Rows of one width, sorted and looked up by how they begin, without reading the others."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence


class Table:
    """Sorted rows in one piece of memory, which may be a mapped file."""

    def __init__(self, data: memoryview, width: int) -> None:
        self._data = data
        self._width = width
        self._count = len(data) // width

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[bytes]:
        return map(self._row, range(self._count))

    def starting(self, key: bytes) -> Iterator[bytes]:
        """Yield the rows that begin with `key`."""
        place = self._place(key, 0)
        while place < self._count and (row := self._row(place)).startswith(key):
            yield row
            place += 1

    def with_rows(self, rows: Sequence[bytes]) -> bytes:
        """The bytes of a table that has these rows as well, given in any order; each row stands once."""
        pieces, place, width = [], 0, self._width
        for row in sorted(set(rows)):
            upto = self._place(row, place)
            pieces.append(self._data[place * width : upto * width])
            if upto == self._count or self._row(upto) != row:
                pieces.append(memoryview(row))
            place = upto
        pieces.append(self._data[place * width :])
        return b"".join(pieces)

    def _place(self, key: bytes, start: int) -> int:
        """How many rows come before `key`, which is known not to belong before `start`."""
        return bisect_left(range(self._count), key, start, key=self._row)

    def _row(self, place: int) -> bytes:
        return bytes(self._data[place * self._width : (place + 1) * self._width])
