"""Values from inside the user's program, made fit for a record: plain, clean, and of bounded size."""

from itertools import islice
from typing import Any, Final

from gitprov.capture.assignments import measure
from gitprov.model.text import visible

LONGEST: Final = 2000
"""Characters of one text that are kept."""
LONGEST_NAME: Final = 200
DEEPEST: Final = 10
MOST: Final = 2000
"""Values that one table may hold, those of the tables in it included."""
MOST_IN_ONE: Final = 500
"""Values of one list or table that are kept, so that a long one does not cost the others."""
_LARGEST: Final = 2**63  # what TOML promises to carry


def scalar(value: object) -> Any:  # noqa: ANN401 - whatever plain value it is
    """Return a number, a text, a truth value or `None`; a number that no record can hold becomes text."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if -_LARGEST <= value < _LARGEST else str(value) if value.bit_length() < 1024 else hex(value)[:300]
    if isinstance(value, float):
        return measure(value)
    return visible(value[:LONGEST]) if isinstance(value, str) else None


def scalars(table: object) -> dict[str, Any]:
    """Return the flat values of a table, those that are `None` left out."""
    if not isinstance(table, dict):
        return {}
    flat = {name_of(key): scalar(value) for key, value in list(table.items())[:MOST]}
    return {name: value for name, value in flat.items() if name and value is not None}


def plain(table: object) -> dict[str, Any]:
    """Return a nested table with what is fit for a record; `{}` for what is no table."""
    made = _made(table, DEEPEST, [MOST]) if isinstance(table, dict) else {}
    assert isinstance(made, dict)
    return made


def name_of(key: object) -> str:
    """Return the name of a value, clean and short."""
    return visible(str(key)[:LONGEST_NAME]).replace("\n", r"\n").replace("\t", r"\t")


def _made(value: object, depth: int, left: list[int]) -> object:
    left[0] -= 1
    if not isinstance(value, dict | list):
        return scalar(value)
    if depth == 0:
        return "..."
    if isinstance(value, list):
        return [_made(item, depth - 1, left) for item in value[:MOST_IN_ONE] if left[0] > 0]
    items = islice(value.items(), MOST_IN_ONE)
    return {name_of(key): _made(item, depth - 1, left) for key, item in items if left[0] > 0}
