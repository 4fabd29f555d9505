"""A table's profile: made from the file, written as bytes, read from bytes."""

import json
from typing import Any, Final

from pydantic import ValidationError

from gitprov.artifacts.hashing import Tell
from gitprov.artifacts.profile import cells, typed
from gitprov.artifacts.profile.column import Column
from gitprov.artifacts.profile.opening import open_table
from gitprov.artifacts.profile.tables import Table, kind_of
from gitprov.errors import InvalidRecord
from gitprov.model.profile import Profile
from gitprov.model.text import visible

_KEPT: Final = 1 << 20  # different values, all columns together
_MOST_KEPT: Final = 20_000
_LARGEST: Final = 32 << 20  # bytes of a profile that is read


def profile(path: str, *, values: bool = False, tell: Tell | None = None) -> Profile:
    """Return what the table in a file is like; with `values`, the values of columns that have few of them too.

    `tell` hears of each batch of rows. OSError; ProvError where it is no table, or needs an extra that is not
    installed.
    """
    table = open_table(path)
    try:
        fields = _profile(table, values=values, tell=tell)
    finally:
        table.close()
    return Profile.model_validate({"schema": 1, "kind": kind_of(path), **fields})


def render(made: Profile) -> bytes:
    """Return a profile as it is stored: the same one always as the same bytes."""
    return json.dumps(made.plain(), sort_keys=True, separators=(",", ":"), allow_nan=False).encode() + b"\n"


def parse(data: bytes) -> Profile:
    """Return the profile that bytes hold. InvalidRecord where they hold none."""
    if len(data) > _LARGEST:
        raise InvalidRecord(f"a profile has {len(data)} bytes")
    try:
        return Profile.model_validate(json.loads(data))
    except (ValueError, RecursionError, ValidationError) as error:
        raise InvalidRecord(f"a profile cannot be read: {str(error).partition(chr(10))[0]}") from None


def _profile(table: Table, *, values: bool, tell: Tell | None) -> dict[str, Any]:
    kind = cells if table.is_text else typed
    columns: list[Column] = []
    rows = 0
    for batch in table.batches():
        columns += _more(table, len(columns), values=values)
        rows += batch.rows
        for column, found in zip(columns, batch.columns, strict=True):
            if there := kind.present(found):
                column.add(kind.read(there))
        if tell:
            tell(batch.rows)
    columns += _more(table, len(columns), values=values)
    more = {"malformed": table.malformed, "left_out": table.left_out}
    return {
        "rows": rows,
        "columns": [column.finish(rows) for column in columns],
        **{name: count for name, count in more.items() if count},
    }


def _more(table: Table, known: int, *, values: bool) -> list[Column]:
    """Return the columns whose names are new."""
    names = table.names
    cap = min(_MOST_KEPT, _KEPT // max(len(names), 1))
    return [Column(visible(name), cap=cap, values=values) for name in names[known:]]
