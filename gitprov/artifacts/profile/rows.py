"""The rows of tables as members of a split: each as bytes that do not depend on the order of columns."""

import json
from collections.abc import Iterable, Iterator
from datetime import date, time
from typing import Any

from gitprov.artifacts.profile.opening import open_table


def rows_of(path: str) -> Iterator[bytes]:
    """Yield the rows of the table in a file: their values as a JSON array, in the order of the columns' names.

    A cell of a text format is its text, whatever it stands for; a value of a typed format is itself. OSError;
    ProvError where the file is no table.
    """
    table = open_table(path)
    try:
        for batch in table.batches():
            order = sorted(range(len(table.names)), key=table.names.__getitem__)
            for row in zip(*[batch.columns[at] for at in order], strict=True):
                yield _encode(row).encode()
    finally:
        table.close()


def encoded(members: Iterable[Any]) -> Iterator[bytes]:
    """Yield members that a program has: numbers, texts, rows as sequences or mappings, each as JSON. TypeError."""
    for member in members:
        yield _encode(member).encode()


def _other(value: object) -> object:
    """Return what stands in JSON for a value of a kind that JSON has not. TypeError for what stands for nothing."""
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bytes | bytearray):
        return {"bytes": bytes(value).hex()}
    if isinstance(value, set | frozenset):
        return sorted(value)
    for plain in ("tolist", "_asdict", "to_dict"):  # arrays and numbers of NumPy, rows of other libraries
        if callable(method := getattr(value, plain, None)):
            return method()
    if type(value).__str__ is not object.__str__:  # Decimal, UUID, Fraction, paths
        return str(value)
    raise TypeError(f"a {type(value).__name__} cannot be a member of a split: give rows of numbers and texts")


_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), check_circular=False, default=_other).encode
