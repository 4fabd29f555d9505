"""Values of records as people read them, each on one line and harmless."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from gitprov.model.ids import ABBREV, is_id, is_oid
from gitprov.model.stamp import is_stamp, moment
from gitprov.model.text import single_line
from gitprov.model.words import number

_LONGEST: Final = 1000
_STEPS: Final = (
    ("second", 1, 90),
    ("minute", 60, 90 * 60),
    ("hour", 3600, 36 * 3600),
    ("day", 86400, 14 * 86400),
    ("week", 7 * 86400, 70 * 86400),
    ("month", 30.44 * 86400, 730 * 86400),
    ("year", 365.25 * 86400, float("inf")),
)


def short(name: str) -> str:
    """Return a record's or object's id as people are shown it; other names as they are."""
    return name[:ABBREV] if is_id(name) or is_oid(name) else name


def when(at: str) -> str:
    """Return a stamp as `2026-11-20 17:30:05Z`."""
    return at[:19].replace("T", " ") + "Z" if is_stamp(at) else line(at)


def ago(at: str, now: datetime) -> str:
    """Return how long before `now` a moment was, as git says it: `3 hours ago`."""
    if not is_stamp(at):
        return line(at)
    seconds = (now - moment(at)).total_seconds()
    if seconds < -1:
        return when(at)  # another clock is ahead of ours
    unit, length, _ = next(step for step in _STEPS if seconds < step[2])
    count = max(round(seconds / length), 0)
    return f"{count} {unit}{'' if count == 1 else 's'} ago"


def line(text: str, limit: int = _LONGEST) -> str:
    """Return free text on one line, what cannot be seen written out."""
    return single_line(text, limit)


def value(item: Any) -> str:  # noqa: ANN401 - a value of any JSON kind
    """Return any value of a record on one line: texts as they are, lists with commas, tables as JSON."""
    if item is None:
        return ""
    if isinstance(item, bool):
        return "true" if item else "false"
    if isinstance(item, str):
        return line(item)
    if isinstance(item, list):
        return line(", ".join(map(value, item)))
    if isinstance(item, Mapping):
        return line(json.dumps(item, ensure_ascii=False))
    return line(number(item))
