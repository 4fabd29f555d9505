"""Splits of the data that a program makes itself: who is in which, and whether somebody is in two."""

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gitprov.api.python.files import read
from gitprov.artifacts.profile.membership import Members
from gitprov.artifacts.profile.rows import encoded, rows_of
from gitprov.model import plain

_known: dict[tuple[str, str], Members] = {}
"""The splits that this process told of, by run and name."""


def add(run: str, name: str, rows: object) -> tuple[dict[str, object], list[str]]:
    """Take a split of a run; return the journal's line for it, and what the program should hear at once.

    `rows` as `Run.log_split` takes them. TypeError for what are no rows; ProvError, OSError for a file.
    """
    name = plain.name(name)
    members = Members()
    line: dict[str, object] = {}
    if isinstance(rows, str | os.PathLike):
        path = os.fsdecode(rows)
        line = read(path)
        members.add(rows_of(path))
    else:
        members.add(encoded(_rows(rows)))
    others = {other: known for (of, other), known in _known.items() if of == run and other != name}
    shared = {other: found.members for other, known in others.items() if (found := members.shared_with(known)).members}
    _known[run, name] = members
    size, total = members.sum
    told = {"name": name, "rows": size, "digest": members.sum.digest(), "sum": f"{total:x}", "shared": dict(shared)}
    heard = [f"{count:,} of {size:,} rows of {name} are in {other} as well" for other, count in shared.items()]
    return {**line, "splits": [told]}, heard


def _rows(given: object) -> Iterable[Any]:
    """Return the rows of whatever holds some: a data frame, an array, a mapping of columns, any iterable."""
    if callable(by_tuple := getattr(given, "itertuples", None)):  # pandas
        return _iterated(by_tuple(index=False, name=None))
    for way in ("iter_rows", "to_pylist", "tolist"):  # polars; Arrow; NumPy and pandas' series
        if callable(method := getattr(given, way, None)):
            return _iterated(method())
    if isinstance(given, Mapping):
        return zip(*given.values(), strict=True)
    return _iterated(given)


def _iterated(given: object) -> Iterator[Any]:
    if not isinstance(given, Iterable):
        raise TypeError(f"a {type(given).__name__} is no rows")
    return iter(given)
