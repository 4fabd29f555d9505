"""How the values of records compare: by kind, never across kinds, in one order for queries and for sorting."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final, TypeGuard

from gitprov.model.fields import NOT_FINITE

Test = Callable[[Any, Any], bool]

_NAMES_OBJECTS: Final = frozenset(
    {"id", "commit", "base", "code.commit", "code.base", "code.tree", "code.patch_id", "parents"}
)
_ABBREVIATION: Final = re.compile(r"[0-9a-f]{4,64}")
_PERIOD: Final = re.compile(
    r"(?P<day>\d{4}(?:-\d\d(?:-\d\d)?)?)"
    r"(?:(?<=-\d\d-\d\d)[T ](?P<time>\d\d:\d\d(?::\d\d(?:\.\d{3})?)?)(?P<zone>Z|[+-]\d\d:?\d\d)?)?"
)
_WHOLE: Final = "0000-01-01T00:00:00.000"


def equal(one: object, other: object) -> bool:
    """Tell whether two values are the same; true is not 1, and "NaN" is no number's equal."""
    first, second = _as_number(one, other), _as_number(other, one)
    if is_number(first) and is_number(second):
        return bool(first == second)
    return type(first) is type(second) and bool(first == second)


def less(one: object, other: object) -> bool:
    """Tell whether a value comes before another: numbers and texts; False for what has no order."""
    first, second = _as_number(one, other), _as_number(other, one)
    if isinstance(first, str) and isinstance(second, str):
        return first < second
    return is_number(first) and is_number(second) and first < second


def is_number(value: object) -> TypeGuard[int | float]:
    """Tell whether a value is a number; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def same_object(one: object, other: object) -> bool:
    """Tell whether two texts name the same object; either may be an abbreviation of 4 digits or more."""
    if not isinstance(one, str) or not isinstance(other, str):
        return False
    long, short = (one, other) if len(one) >= len(other) else (other, one)
    return long == short or (_ABBREVIATION.fullmatch(short) is not None and long.startswith(short))


def names_objects(field: str) -> bool:
    """Tell whether a field's values are names of objects, which may be abbreviated."""
    return field in _NAMES_OBJECTS


def period(text: str) -> str:
    """Return a date, or a date and time, as the beginning that the stamps of that time share; ValueError for another.

    A date without a time is the whole day, a month the whole month; times are in UTC unless they say otherwise.
    """
    found = _PERIOD.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not a date")
    start = found["day"] + (f"T{found['time']}" if found["time"] else "")
    moment = datetime.fromisoformat(start + _rest(start))
    if found["zone"] in (None, "Z"):
        return start
    offset = datetime.fromisoformat(f"2000-01-01T00:00{found['zone']}").utcoffset()
    assert offset is not None
    return (moment.replace(tzinfo=UTC) - offset).isoformat(timespec="milliseconds")[: len(start)]


def within(stamp: object, start: str) -> object:
    """Return a record's stamp at the precision of a `period`, to be compared with it."""
    return stamp.removesuffix("Z")[: len(start)] if isinstance(stamp, str) else stamp


def sort_key(value: object) -> tuple[int, int | float, str]:
    """Return what values of one field are sorted by: numbers, then texts, then the rest; see `is_sortable`."""
    if isinstance(value, str):
        return (0, float(value), "") if value in NOT_FINITE else (1, 0, value)
    return (0, value, "") if is_number(value) else (2, 0, str(value))


def is_sortable(value: object) -> bool:
    """Tell whether a value has a place in an order: not where it is missing, or not a number."""
    return value is not None and value != "NaN"


def _rest(start: str) -> str:
    return _WHOLE[len(start) :]


def _as_number(value: object, other: object) -> object:
    """Return a metric's "Infinity" or "NaN" as the number that is meant, where it is compared with one."""
    return float(value) if isinstance(value, str) and value in NOT_FINITE and is_number(other) else value
