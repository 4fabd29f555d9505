"""Files that hold tables: which they are, and how their rows come, in batches alike for all formats."""

import os
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple, Protocol

from gitprov.errors import ProvError
from gitprov.model.text import quote

_SUFFIXES: Final = {
    "csv": (".csv", ".tsv", ".tab"),
    "jsonl": (".jsonl", ".ndjson"),
    "parquet": (".parquet", ".pq"),
    "arrow": (".arrow", ".feather"),
}
_KINDS: Final = {suffix: kind for kind, suffixes in _SUFFIXES.items() for suffix in suffixes}
PACKED: Final = ".gz"
"""The suffix of a file that is packed."""
_CAN_BE_PACKED: Final = ("csv", "jsonl")
MOST_COLUMNS: Final = 4096
"""Columns beyond are counted and not looked at."""
_CELLS: Final = 1 << 18  # of a batch: enough that calls that run in C dominate, few enough to be held
_MOST_ROWS: Final = 1 << 13


class Batch(NamedTuple):
    """Some rows, as one sequence of values a column; all of the same length."""

    rows: int
    columns: Sequence[Sequence[Any]]


class Table(Protocol):
    """The rows of one file, read once from the beginning to the end."""

    is_text: bool
    """Whether values are texts whose meaning has to be found out."""
    malformed: int
    """How many rows could not be read so far."""

    @property
    def names(self) -> Sequence[str]:
        """The names of the columns; a batch may add some, and its columns are in this order."""
        ...

    @property
    def left_out(self) -> int:
        """How many columns there are besides."""
        ...

    def batches(self) -> Iterator[Batch]:
        """Yield all rows."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


def kind_of(path: str) -> str:
    """Return which kind of table a file is by its name: `csv`, `jsonl`, `parquet`, `arrow`; "" for none."""
    name, suffix = os.path.splitext(path.lower())
    if suffix != PACKED:
        return _KINDS.get(suffix, "")
    kind = _KINDS.get(os.path.splitext(name)[1], "")
    return kind if kind in _CAN_BE_PACKED else ""


def no_table(path: str, why: str) -> ProvError:
    """The error for a file that cannot be read as a table."""
    known = ", ".join(_KINDS)
    return ProvError(f"{quote(path)} is no table that can be read: {why}", hint=f"known are {known}")


def rows_at_once(columns: int) -> int:
    """Return how many rows of so many columns a batch has."""
    return max(16, min(_MOST_ROWS, _CELLS // max(columns, 1)))


def unique(names: Sequence[str]) -> list[str]:
    """Return names that are all different: the second `x` is `x.2`; one that is empty is `column 3`."""
    taken: set[str] = set()
    found: list[str] = []
    for at, name in enumerate(names, 1):
        base = own = name.strip() or f"column {at}"
        again = 1
        while own in taken:
            again += 1
            own = f"{base}.{again}"
        taken.add(own)
        found.append(own)
    return found
