"""What differs between a table and what it was before, by the profiles of both, in plain words with numbers.

What chance alone explains is passed over: a sample drawn again from the same source should say nothing.
"""

from collections.abc import Iterator, Sequence
from math import hypot, sqrt
from typing import Final

from gitprov.artifacts.profile.distance import chance, distance
from gitprov.model.profile import Column, Drift, Limits, Profile, Severity
from gitprov.model.text import single_line
from gitprov.model.words import number

_NAMED: Final = 8
_SURE: Final = 4.0  # standard errors; among hundreds of columns, chance seldom goes further
_FEW: Final = 50  # different values; of more, how many there are depends on the number of rows
_DEFAULT: Final = Limits()


def drift(old: Profile, new: Profile, limits: Limits = _DEFAULT) -> list[Drift]:
    """Return the differences, warnings first, then in the order of the new table's columns; none for the same table."""
    if old == new:
        return []
    before = {column.name: column for column in old.columns}
    found = [*_rows(old, new, limits), *_columns(old, new)]
    for column in new.columns:
        if column.name in before:
            found += _Compared(before[column.name], column, old.rows, new.rows, limits).drifts()
    return sorted(found, key=lambda one: one.severity != "warning")


def _rows(old: Profile, new: Profile, limits: Limits) -> Iterator[Drift]:
    if old.rows != new.rows:
        part = (new.rows - old.rows) / old.rows if old.rows else 1.0
        severity = _severity(abs(part) > limits.rows or not new.rows)
        words = f"{new.rows:,} rows, there were {old.rows:,} ({part:+.1%})"
        yield Drift("rows", "", severity, words)
    if new.malformed > old.malformed:
        words = f"{new.malformed:,} rows cannot be read, there were {old.malformed or 'none'}"
        yield Drift("malformed", "", "warning", words)


def _columns(old: Profile, new: Profile) -> Iterator[Drift]:
    before, now = [column.name for column in old.columns], [column.name for column in new.columns]
    gone = [name for name in before if name not in set(now)]
    fresh = [name for name in now if name not in set(before)]
    if gone:
        yield Drift("columns", "", "warning", f"without the {_those(gone)}")
    if fresh:
        yield Drift("columns", "", "warning", f"with the new {_those(fresh)}")
    kept = set(before).intersection(now)
    if [name for name in before if name in kept] != [name for name in now if name in kept]:
        yield Drift("columns", "", "warning", "columns in another order")


class _Compared:
    """One column, then and now."""

    def __init__(self, old: Column, new: Column, rows_then: int, rows_now: int, limits: Limits) -> None:
        self._old, self._new, self._limits = old, new, limits
        self._rows_then, self._rows_now = rows_then, rows_now
        self._then, self._now = old.present(rows_then), new.present(rows_now)

    def drifts(self) -> Iterator[Drift]:
        old, new = self._old, self._new
        if old == new:
            return
        if "empty" in (old.type, new.type):
            if old.type != new.type:
                text = "has no values any more" if self._then else f"has {self._now:,} values, there were none"
                yield self._drift("missing", _severity(self._then > 0), text)
            return
        yield from self._missing()
        if old.type != new.type:
            severity = _severity({old.type, new.type} != {"int", "float"})
            yield self._drift("type", severity, f"{_type(new)}, it was {_type(old)}")
        if min(self._then, self._now) > 0:
            yield from self._numbers()
        yield from self._span()
        yield from self._values()

    def _missing(self) -> Iterator[Drift]:
        if not (self._rows_then and self._rows_now):
            return
        then, now = self._old.missing / self._rows_then, self._new.missing / self._rows_now
        both = (self._old.missing + self._new.missing) / (self._rows_then + self._rows_now)
        error = sqrt(both * (1 - both) * (1 / self._rows_then + 1 / self._rows_now)) if both < 1 else 0.0
        moved = abs(now - then)
        if moved > self._limits.missing and moved > _SURE * error:
            yield self._drift("missing", "warning", f"{now:.1%} missing, it was {then:.1%}")
        elif now and not then and moved > _SURE * error:
            yield self._drift("missing", "note", f"{self._new.missing:,} values missing, there were none")

    def _numbers(self) -> Iterator[Drift]:
        old, new = self._old, self._new
        if old.min is None or old.max is None or new.min is None or new.max is None:
            return
        room = (old.max - old.min) * self._limits.range
        widened = max(old.min - new.min, new.max - old.max)
        if widened > room:
            far = _severity(widened > old.max - old.min)
            words = f"{number(new.min)} to {number(new.max)}, it was {number(old.min)} to {number(old.max)}"
            yield self._drift("range", far, words)
        if (moved := self._mean()) is not None:
            yield moved
        elif (shape := self._shape()) is not None:
            yield shape

    def _mean(self) -> Drift | None:
        old, new = self._old, self._new
        if old.mean is None or new.mean is None or old.deviation is None or new.deviation is None:
            return None
        moved = abs(new.mean - old.mean)
        error = hypot(old.deviation / sqrt(self._then), new.deviation / sqrt(self._now))
        if not old.deviation or moved <= self._limits.mean * old.deviation or moved <= _SURE * error:
            return None
        words = f"mean {number(new.mean)}, it was {number(old.mean)}"
        return self._drift("mean", "warning", f"{words} (moved by {moved / old.deviation:.1f} standard deviations)")

    def _shape(self) -> Drift | None:
        old, new = self._old.quantiles, self._new.quantiles
        if min(len(old), len(new)) < 2 or not old[0] < old[-1]:
            return None
        apart = distance(old, new)
        step = 1 / (min(len(old), len(new)) - 1)
        if apart <= max(self._limits.distribution, step + chance(self._then, self._now)):
            return None
        middle = f"median {number(_middle(new))}, it was {number(_middle(old))}"
        return self._drift("distribution", "warning", f"distributed otherwise (distance {apart:.2f}); {middle}")

    def _span(self) -> Iterator[Drift]:
        old, new = self._old, self._new
        if not (old.earliest and old.latest and new.earliest and new.latest):
            return
        if new.earliest < old.earliest or new.latest > old.latest:
            words = f"{new.earliest} to {new.latest}, it was {old.earliest} to {old.latest}"
            yield self._drift("range", "note", words)

    def _values(self) -> Iterator[Drift]:
        old, new = self._old, self._new
        if old.top and new.top and _is_whole(old) and _is_whole(new):
            then, now = [top.value for top in old.top], [top.value for top in new.top]
            if fresh := [value for value in now if value not in then]:
                yield self._drift("categories", "warning", f"with the new {_values(fresh)}")
            if gone := [value for value in then if value not in now]:
                yield self._drift("categories", "note", f"without {_values(gone)}")
        elif new.type in ("text", "bool", "mixed") and old.distinct and new.distinct:
            then_count, now_count = old.distinct.count, new.distinct.count
            if then_count != now_count and min(then_count, now_count) <= _FEW:
                severity = _severity(now_count > then_count)
                yield self._drift("distinct", severity, f"{now_count:,} different values, there were {then_count:,}")

    def _drift(self, what: str, severity: Severity, text: str) -> Drift:
        return Drift(what, self._new.name, severity, text)


def _severity(is_warning: bool) -> Severity:
    return "warning" if is_warning else "note"


def _those(names: Sequence[str]) -> str:
    return f"column{'s' if len(names) > 1 else ''} {_listed(names)}"


def _values(values: Sequence[str]) -> str:
    return f"value{'s' if len(values) > 1 else ''} {_listed([repr(value) for value in values])}"


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(single_line(name, 40) for name in names[:_NAMED])
    return f"{shown} and {len(names) - _NAMED} more" if len(names) > _NAMED else shown


def _type(column: Column) -> str:
    if column.type != "mixed":
        return column.type
    counts = sorted(column.types.items(), key=lambda item: -item[1])
    return "mixed (" + ", ".join(f"{count:,} {kind}" for kind, count in counts) + ")"


def _middle(quantiles: Sequence[float]) -> float:
    return quantiles[len(quantiles) // 2]


def _is_whole(column: Column) -> bool:
    """Tell whether all values of a column are among its most frequent ones."""
    return column.distinct is not None and len(column.top) >= column.distinct.count
