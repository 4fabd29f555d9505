"""The index of a pack: sorted rows of digest, offset and length, looked up in a map without reading it whole.

The name of a pack is the BLAKE3 hash of these bytes, so that they check themselves, and through the digests in them
all that the pack holds. The same bytes stand at the end of the pack.
"""

import os
import struct
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import accumulate
from mmap import ACCESS_READ, mmap
from typing import Final, NamedTuple

from blake3 import blake3

from gitprov.errors import InvalidRecord

MAGIC: Final = b"GPINDEX\x01"
FOOTER_MAGIC: Final = b"GPPACK\x00\x01"
FOOTER: Final = struct.Struct(">Q8s")
"""The last bytes of a pack: the length of the index before it, and `FOOTER_MAGIC`."""

_HEADER: Final = struct.Struct(">8sQQ")  # magic, rows, bytes of all objects
_FAN: Final = struct.Struct(">256I")  # how many rows have a hash whose first byte is not above 0, 1, ...
_START: Final = _HEADER.size + _FAN.size
_WHERE: Final = struct.Struct(">II")
_KEY: Final = 32
_ROW: Final = _KEY + _WHERE.size


class Where(NamedTuple):
    """Where in a pack an object stands, in bytes."""

    offset: int
    length: int


def place(offset: int, length: int) -> int:
    """Return where an object stands as the one number that a row has."""
    return offset << 32 | length


def render(rows: Mapping[bytes, int], size: int) -> bytes:
    """Return the index of objects that take `size` bytes together, given their `place` by hash."""
    counts = Counter(raw[0] for raw in rows)
    fan = accumulate(counts[first] for first in range(256))
    body = sorted([raw + number.to_bytes(8, "big") for raw, number in rows.items()])
    return b"".join((_HEADER.pack(MAGIC, len(rows), size), _FAN.pack(*fan), *body))


def name_of(index: bytes | mmap) -> str:
    """Return the name of the pack that has this index."""
    return blake3(index).hexdigest()


class Index:
    """An index as a map of its file; InvalidRecord when its frame is not sound.

    Its rows are believed until the bytes they lead to have been read and compared.
    """

    def __init__(self, handle: int) -> None:
        length = os.fstat(handle).st_size
        if length < _START:
            raise InvalidRecord("the index is cut off")
        self._map = mmap(handle, length, access=ACCESS_READ)
        magic, self._count, self.size = _HEADER.unpack_from(self._map)
        if magic != MAGIC or length != _START + self._count * _ROW:
            raise InvalidRecord("the index is not one of this version, or is cut off")
        self._fan = _FAN.unpack_from(self._map, _HEADER.size)
        if self._fan[-1] != self._count or list(self._fan) != sorted(self._fan):
            raise InvalidRecord("the index counts its rows wrongly")

    def __len__(self) -> int:
        return int(self._count)

    def find(self, raw: bytes) -> Where | None:
        """Return where the object with this hash (32 bytes) stands."""
        first = self._fan[raw[0] - 1] if raw[0] else 0
        number = bisect_left(range(self._count), raw, first, self._fan[raw[0]], key=self._key)
        if number == self._count or self._key(number) != raw:
            return None
        return self._where(number)

    def hashes(self, first: int = 0, last: int = 255) -> Iterator[bytes]:
        """Give the hash of each object, lowest first; only those whose first byte is from `first` to `last`."""
        return map(self._key, self._between(first, last))

    def rows(self, first: int = 0, last: int = 255) -> Iterator[tuple[bytes, Where]]:
        """Give each object's hash and where it stands, lowest hash first; `first` and `last` as for `hashes`."""
        return ((self._key(number), self._where(number)) for number in self._between(first, last))

    def name(self) -> str:
        """Return the name that the pack must have; this reads the whole index."""
        return name_of(self._map)

    def _between(self, first: int, last: int) -> range:
        return range(self._fan[first - 1] if first else 0, self._fan[last])

    def _key(self, number: int) -> bytes:
        start = _START + number * _ROW
        return self._map[start : start + _KEY]

    def _where(self, number: int) -> Where:
        return Where(*_WHERE.unpack_from(self._map, _START + number * _ROW + _KEY))
