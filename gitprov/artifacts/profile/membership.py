"""Which members (rows, files) a split of the data has: a digest that their order does not change, and what is shared.

The digest is of a multiset: each member is hashed to 4,096 bits and all are added up modulo 2**4096 (Bellare and
Micciancio's AdHash). So one pass in any order and constant memory do, members can be added up in parts, and the sum of
all splits tells whether the same members are only divided otherwise. Why this and not its relatives: XOR forgets a
member that is there twice; LtHash with 16-bit lanes forgets one that is there 65,536 times, as rows of real tables are;
multiplying modulo a prime (MuHash) is as sound and slower. Against two different multisets made to have one digest, the
best attack known (Wagner's) takes some 2**128 steps at this width.
"""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from blake3 import blake3

from gitprov.artifacts.hashing import digest_bytes

_WIDTH: Final = 512
"""Bytes a member is hashed to."""
_MASK: Final = (1 << 8 * _WIDTH) - 1
_NAME: Final = b"git prov members 1\n"
_MARK: Final = 10  # bytes of a member's hash that are remembered: among 10**8 pairs of rows, one in 10**16 errs
_PARTS: Final = 64
MOST_KEPT: Final = 4_000_000
"""Members that are remembered; of more, an even sample is, and what is shared becomes an estimate."""


class Sum(NamedTuple):
    """A multiset of members, by its size and the sum of their hashes."""

    size: int = 0
    total: int = 0

    def __add__(self, other: object) -> "Sum":
        if not isinstance(other, Sum):
            return NotImplemented
        return Sum(self.size + other.size, (self.total + other.total) & _MASK)

    def digest(self) -> str:
        """Return the digest of the multiset."""
        return digest_bytes(_NAME + b"%d\n" % self.size + self.total.to_bytes(_WIDTH, "little"))


class Shared(NamedTuple):
    """How many members of one split stand in another one as well."""

    members: int
    exact: bool
    """False where it is an estimate from an even sample."""


class Members:
    """Takes the members of one split, each as bytes that say all of it, and remembers them by a few bytes each."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self.sum = Sum()
        self._most = most
        self.depth = 0
        """Only marks whose last so many bits are 0 are kept."""
        self.parts = [bytearray() for _ in range(_PARTS)]
        """The marks, one behind the other, by their beginning."""
        self._kept = 0

    def add(self, members: Iterable[bytes]) -> None:
        """Take more of them."""
        count = total = 0
        sieve, parts = (1 << self.depth) - 1, self.parts
        for member in members:
            wide = blake3(member).digest(length=_WIDTH)
            total += int.from_bytes(wide, "little")
            count += 1
            if not sieve or not int.from_bytes(wide[_MARK - 4 : _MARK], "big") & sieve:
                parts[wide[0] % _PARTS] += wide[:_MARK]
                self._kept += 1
                if self._kept > self._most:
                    self._thin(self.depth + 1)
                    sieve = (1 << self.depth) - 1
        self.sum += Sum(count, total & _MASK)

    def shared_with(self, other: "Members") -> Shared:
        """Return how many of these members stand in `other`; one that is here twice counts twice."""
        depth = max(self.depth, other.depth)
        found = 0
        for own, others in zip(self.parts, other.parts, strict=True):
            known = frozenset(_marks(others, depth))
            found += sum(mark in known for mark in _marks(own, depth))
        return Shared(found << depth, exact=depth == 0)

    def _thin(self, depth: int) -> None:
        self.depth = depth
        self.parts[:] = [bytearray().join(_marks(part, depth)) for part in self.parts]
        self._kept = sum(map(len, self.parts)) // _MARK


def _marks(part: bytearray, depth: int) -> Iterator[bytes]:
    """Yield the marks that are kept at this depth."""
    sieve = (1 << depth) - 1
    for at in range(0, len(part), _MARK):
        mark = bytes(part[at : at + _MARK])
        if not int.from_bytes(mark[-4:], "big") & sieve:
            yield mark
