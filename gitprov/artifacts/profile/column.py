"""One column of a table while it is read, in memory that does not grow with the rows."""

from collections import Counter
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any, Final

from gitprov.artifacts.profile.cells import Batch
from gitprov.artifacts.profile.distinct import Distinct
from gitprov.artifacts.profile.moments import Moments
from gitprov.artifacts.profile.sketch import Quantiles
from gitprov.model.profile import LEVELS

_MOST_CATEGORIES: Final = 100
"""A column with more different texts has no categories."""
_TOP: Final = 30
"""How many of the most frequent values are given."""
_LONGEST: Final = 100  # characters of a value that can be a category
_NUMBERS: Final = frozenset({"int", "float"})
_MOMENTS: Final = frozenset({"date", "datetime", "time"})
_TOGETHER: Final = {frozenset({"int", "float"}): "float", frozenset({"date", "datetime"}): "datetime"}


class Column:
    """Takes the values of one column in batches. `cap`: how many different ones are counted exactly."""

    def __init__(self, name: str, *, cap: int, values: bool) -> None:
        self.name = name
        self._kinds: Counter[str] = Counter()
        self._moments = Moments()
        self._quantiles = Quantiles()
        self._distinct = Distinct(cap)
        self._lengths = Moments()
        self._span: tuple[str, str] | None = None
        self._top: Counter[str] | None = Counter() if values else None

    def add(self, batch: Batch) -> None:
        """Take the values of a batch that are there."""
        for kind, values in batch.items():
            self._kinds[kind] += len(values)
            if kind in _NUMBERS:
                self._moments.add(values)
                self._quantiles.add(values)
            elif kind in _MOMENTS:
                self._widen(min(values), max(values))
            elif kind == "text":
                self._lengths.add(list(map(len, values)))
            if kind not in ("infinite", "nested", "binary"):
                self._distinct.add(values)
            if kind in ("text", "bool"):
                self._count(values)

    def finish(self, rows: int) -> dict[str, Any]:
        """Return what is known of it, in a table of so many rows, with the fields of `model.profile.Column`."""
        infinite = self._kinds.pop("infinite", 0)
        found: dict[str, Any] = {"name": self.name, **self._type(infinite)}
        missing = rows - self._kinds.total() - infinite
        found |= {name: count for name, count in (("missing", missing), ("infinite", infinite)) if count}
        if self._distinct.count:
            found["distinct"] = {"count": self._distinct.count, "exact": self._distinct.is_exact}
        if self._moments.count:
            found |= self._numbers()
        if self._span:
            found |= zip(("earliest", "latest"), self._span, strict=True)
        if self._lengths.count:
            found["lengths"] = _span_of(self._lengths)
        if self._top:
            found["top"] = _most_frequent(self._top)
        return found

    def _type(self, infinite: int) -> dict[str, Any]:
        kinds = frozenset(self._kinds) | ({"float"} if infinite else frozenset())
        if len(kinds) < 2:
            return {"type": next(iter(kinds), "empty")}
        if kinds in _TOGETHER:
            return {"type": _TOGETHER[kinds]}
        return {"type": "mixed", "types": dict(self._kinds)}

    def _numbers(self) -> dict[str, Any]:
        moments = self._moments
        levels = self._quantiles.at([level / LEVELS for level in range(LEVELS + 1)])
        found = {**_span_of(moments), "deviation": moments.deviation}
        finite = {name: value for name, value in found.items() if isfinite(value)}
        return {**finite, "quantiles": [moments.min, *levels[1:-1], moments.max]}

    def _widen(self, least: str, greatest: str) -> None:
        known = self._span or (least, greatest)
        self._span = min(known[0], least), max(known[1], greatest)

    def _count(self, values: Sequence[Any]) -> None:
        if self._top is None:
            return
        self._top.update(map(str, values))
        if len(self._top) > _MOST_CATEGORIES or any(len(value) > _LONGEST for value in self._top):
            self._top = None


def _span_of(moments: Moments) -> dict[str, Any]:
    return {"min": moments.min, "max": moments.max, "mean": moments.mean}


def _most_frequent(counts: Mapping[str, int]) -> list[dict[str, Any]]:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [{"value": value, "count": count} for value, count in ordered[:_TOP]]
