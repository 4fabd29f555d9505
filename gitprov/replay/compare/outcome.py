"""What came of comparing one thing with what it was before."""

from collections.abc import Iterable
from typing import Final, NamedTuple

SAME: Final = "same"
NOISE: Final = "same-but-noise"
WITHIN: Final = "within-tolerance"
EXTRA: Final = "extra"
NOT_COMPARABLE: Final = "not-comparable"
MISSING: Final = "missing"
DIFFERS: Final = "differs"
GRADES: Final = (SAME, NOISE, WITHIN, EXTRA, NOT_COMPARABLE, MISSING, DIFFERS)
"""Every outcome, the best first."""


class Outcome(NamedTuple):
    """One comparison's outcome."""

    grade: str
    """One of `GRADES`."""
    note: str = ""
    """What differs and where, the largest difference, or why it cannot be told."""
    noise: tuple[str, ...] = ()
    """What differs and means nothing, each named: `creation date`."""


class Unreadable(Exception):
    """A file, or a part of one, that cannot be compared by its kind; the message says why."""


def fold(parts: Iterable[tuple[str, Outcome]]) -> Outcome:
    """Return the outcome of a whole from those of its parts, each with its name: the worst, and where it is."""
    outcomes = list(parts)
    noise = tuple(dict.fromkeys(name for _, one in outcomes for name in one.noise))
    if not outcomes:
        return Outcome(SAME)
    worst = max((one.grade for _, one in outcomes), key=GRADES.index)
    if worst in (MISSING, EXTRA):
        worst = DIFFERS
    found = [(name, one.note) for name, one in outcomes if one.grade == worst or (worst == DIFFERS and _differs(one))]
    if worst in (SAME, NOISE):
        return Outcome(worst, "", noise)
    name, note = found[0]
    more = f"; {len(found) - 1} more of its parts as well" if len(found) > 1 else ""
    return Outcome(worst, f"{name}: {note}{more}".removeprefix(": "), noise)


def _differs(one: Outcome) -> bool:
    return one.grade in (DIFFERS, MISSING, EXTRA)
