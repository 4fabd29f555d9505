"""Quantiles of any number of numbers in bounded memory.

A simple relative of the KLL sketch (Karnin, Lang, Liberty 2016): buffers of increasing weight, and one that is full is
sorted and gives every second value to the next. Which ones alternates instead of being drawn, so that the same
numbers in the same order always give the same answer. Up to `_SIZE` numbers it is exact; the rank of an answer is off
by less than 0.4 % of 100 million.
"""

from collections.abc import Iterable, Sequence
from typing import Final

_SIZE: Final = 2048


class Quantiles:
    """Takes numbers, and tells their quantiles."""

    def __init__(self) -> None:
        self._levels: list[list[float]] = [[]]
        self._odd: list[bool] = [False]

    def add(self, numbers: Iterable[float]) -> None:
        """Take more of them."""
        self._levels[0].extend(numbers)
        level = 0
        while level < len(self._levels) and len(self._levels[level]) > _SIZE:
            self._compact(level)
            level += 1

    def at(self, parts: Sequence[float]) -> list[float]:
        """Return the values below which these parts (0 to 1, ascending) of the numbers are; none for no numbers."""
        weighted = sorted((value, 1 << level) for level, values in enumerate(self._levels) for value in values)
        if not weighted:
            return []
        last = sum(weight for _, weight in weighted) - 1
        found: list[float] = []
        seen, where = 0, -1
        for part in parts:
            rank = round(part * last)
            while seen <= rank:
                where += 1
                seen += weighted[where][1]
            found.append(weighted[where][0])
        return found

    def _compact(self, level: int) -> None:
        if level + 1 == len(self._levels):
            self._levels.append([])
            self._odd.append(False)
        values = sorted(self._levels[level])
        kept = [values.pop()] if len(values) % 2 else []
        self._levels[level + 1].extend(values[self._odd[level] :: 2])
        self._levels[level] = kept
        self._odd[level] = not self._odd[level]
