"""How many different values: counted to a cap, estimated beyond it."""

from collections.abc import Collection, Iterable
from collections.abc import Set as AbstractSet
from math import log
from typing import Final
from zlib import crc32

_KEPT: Final = 4096
_BITS: Final = 64
_MASK: Final = (1 << _BITS) - 1
_SPREAD: Final = 0x9E3779B97F4A7C15  # odd, so nothing is lost; 2**64 over the golden ratio, which spreads well
_WORDS: Final = 1 << 32  # how many values the hash of a text can have


class Distinct:
    """Counts different values. Up to `cap` they are kept; beyond, only a sample of their hashes is.

    The sample is of all values whose hash is below a threshold that is halved whenever too many are (Wegman's adaptive
    sampling): its size over the threshold's part estimates the whole, with an error of some 2 %.
    """

    def __init__(self, cap: int) -> None:
        self._cap = cap
        self._seen: set[object] | None = set()
        self._sample: set[int] = set()
        self._limit = 1 << _BITS
        self._texts = False

    def add(self, values: Collection[str] | Collection[float]) -> None:
        """Take more of them; all texts or all numbers."""
        if self._seen is None:
            self._take(set(values))
            return
        self._seen.update(values)
        if len(self._seen) > self._cap:
            seen, self._seen = self._seen, None
            self._take({value for value in seen if isinstance(value, str)})
            self._take({value for value in seen if not isinstance(value, str)})

    def _take(self, fresh: AbstractSet[object]) -> None:
        """Take different values of one type into the sample."""
        limit = self._limit
        hashes: Iterable[int]
        if isinstance(next(iter(fresh), None), str):
            self._texts = True
            hashes = [crc32(str(value).encode(errors="surrogatepass")) for value in fresh]
        else:
            hashes = map(hash, fresh)  # of numbers it is the same in every process
        self._sample.update([spread for one in hashes if (spread := one * _SPREAD & _MASK) < limit])
        while len(self._sample) > _KEPT:
            self._limit >>= 1
            self._sample = {spread for spread in self._sample if spread < self._limit}

    @property
    def is_exact(self) -> bool:
        """Whether `count` is no estimate."""
        return self._seen is not None

    @property
    def count(self) -> int:
        """How many there are."""
        if self._seen is not None:
            return len(self._seen)
        about = len(self._sample) * (1 << _BITS) / self._limit
        if self._texts and about < _WORDS:  # different texts with the same hash
            about = -_WORDS * log(1 - about / _WORDS)
        return round(about)
