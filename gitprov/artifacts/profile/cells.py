"""What the texts in the cells of a table stand for: numbers, truth values, dates, or just text.

Columns are looked at in batches, because nearly all of them are of one kind: then one call that runs in C settles a
whole batch. Only a batch that is mixed is looked at cell by cell.
"""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from math import isfinite
from typing import Any, Final

Batch = dict[str, Sequence[Any]]
"""Values by kind: `int` and `float` (finite), `infinite`, `bool`, `date`, `time` and `datetime` (as texts that compare
as moments do), `text` (as it stands), `nested` and `binary`."""

MISSING: Final = frozenset(
    {"", "NA", "N/A", "n/a", "<NA>", "#N/A", "NaN", "nan", "NAN", "-nan", "-NaN", "NULL", "null", "None", "NaT"}
)
"""What stands in a cell where a value is missing."""
_TRUTH: Final = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_MAYBE: Final = re.compile(r"\s*[-+]?(?:[.\d]|(?i:inf))").match  # begins as a number or a date does
_NUMBER: Final = re.compile(r"\s*[-+]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|(?i:inf(?:inity)?))\s*")
_WHOLE: Final = re.compile(r"\s*[-+]?\d+\s*")
_CLOCK: Final = r"\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[-+]\d\d:?\d\d)?"
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_DATETIME: Final = re.compile(rf"\d{{4}}-\d\d-\d\d[T ]{_CLOCK}", re.ASCII)
_TIME: Final = re.compile(_CLOCK, re.ASCII)
_LARGEST: Final = 1 << 1000  # integers beyond are no doubles any more


def present(cells: Sequence[str]) -> Sequence[str]:
    """Return the cells that hold something."""
    return cells if MISSING.isdisjoint(cells) else [cell for cell in cells if cell not in MISSING]


def read(cells: Sequence[str]) -> Batch:
    """Return what cells that hold something stand for."""
    if any(map(_MAYBE, cells)):
        return _numbers(cells) or _moments(cells) or _one_by_one(cells)
    if _TRUTH.keys().isdisjoint(cells):
        return {"text": cells}
    if _TRUTH.keys() >= set(cells):
        return {"bool": [_TRUTH[cell] for cell in cells]}
    return _one_by_one(cells)


def of_numbers(numbers: Sequence[int] | Sequence[float]) -> Batch:
    """Return the batch of numbers of one type."""
    if isinstance(numbers[0], int):
        if max(numbers) < _LARGEST and min(numbers) > -_LARGEST:
            return {"int": numbers}
        finite: Sequence[float] = [number for number in numbers if -_LARGEST < number < _LARGEST]
        return _without_empty({"int": finite, "infinite": [None] * (len(numbers) - len(finite))})
    if all(map(isfinite, numbers)):
        return {"float": numbers}
    finite = list(filter(isfinite, numbers))
    return _without_empty({"float": finite, "infinite": [None] * (len(numbers) - len(finite))})


def as_text(moment: date | time) -> str:
    """Return a date, a time or both as a text; of one kind, texts compare as moments do. UTC where no zone is said."""
    if not isinstance(moment, datetime):
        return moment.isoformat()
    try:
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError:  # the year 1 or 9999
        moment = moment.replace(tzinfo=UTC)
    return moment.isoformat()


def _without_empty(batch: Batch) -> Batch:
    return {kind: values for kind, values in batch.items() if values}


def _numbers(cells: Sequence[str]) -> Batch | None:
    """Return the batch where all of it are numbers."""
    if "_" in "".join(cells):  # a separator of digits to Python, and to nobody's data
        return None
    for kind in (int, float):
        try:
            found = list(map(kind, cells))
        except ValueError:
            continue
        return of_numbers(found)
    return None


def _moments(cells: Sequence[str]) -> Batch | None:
    """Return the batch where all of it are dates, or all are dates with a time of day."""
    kind = "date" if _DATE.fullmatch(cells[0]) else "datetime" if _DATETIME.fullmatch(cells[0]) else ""
    lengths = set(map(len, cells))
    if not kind or (lengths == {10}) != (kind == "date") or min(lengths) < 10:
        return None
    try:
        if kind == "date":
            list(map(date.fromisoformat, cells))
            return {kind: cells}
        return {kind: list(map(as_text, map(datetime.fromisoformat, cells)))}
    except ValueError:
        return None


def _one_by_one(cells: Sequence[str]) -> Batch:
    found: dict[str, list[Any]] = {}
    for cell in cells:
        kind, value = _one(cell)
        found.setdefault(kind, []).append(value)
    return dict(found)


def _one(cell: str) -> tuple[str, object]:
    """Return the kind of one cell, and its value."""
    if not _MAYBE(cell):
        return ("bool", _TRUTH[cell]) if cell in _TRUTH else ("text", cell)
    if _NUMBER.fullmatch(cell):
        try:
            number = int(cell) if _WHOLE.fullmatch(cell) else float(cell)
        except ValueError:  # thousands of digits
            return "infinite", None
        return next((kind, values[0]) for kind, values in of_numbers([number]).items())
    for kind, pattern, read_moment in (
        ("date", _DATE, date.fromisoformat),
        ("datetime", _DATETIME, datetime.fromisoformat),
        ("time", _TIME, time.fromisoformat),
    ):
        if pattern.fullmatch(cell):
            try:
                return kind, as_text(read_moment(cell))
            except ValueError:  # the 30th of February
                break
    return "text", cell
