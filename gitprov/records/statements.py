"""A statement about data as bytes: one line of JSON in one form, named by its own hash."""

import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from blake3 import blake3

from gitprov.records.data import places

SCHEMA: Final = 1
_ID_DIGITS: Final = 32


class Document(NamedTuple):
    """A statement's bytes, its id, and where it stands in the tree of a data commit."""

    place: str
    id: str
    data: bytes


def document(fields: Mapping[str, Any]) -> Document:
    """The statement with these fields; what is None or empty is left out. `digest` must be among them.

    Nothing is judged here: see `records.pointers.stating`. Raises `ValueError`, `TypeError` for what JSON cannot say.
    """
    kept = {name: _without_empty(value) for name, value in fields.items() if not _is_empty(value)}
    text = json.dumps(
        {"schema": SCHEMA, **kept}, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False
    )
    data = text.encode() + b"\n"
    name = statement_id(data)
    return Document(places.statement(fields["digest"], name), name, data)


def statement_id(data: bytes) -> str:
    """The id of the statement with these bytes: the first half of their BLAKE3 hash, as hex digits."""
    return blake3(data).hexdigest()[:_ID_DIGITS]


def _without_empty(value: object) -> object:
    if isinstance(value, list | tuple):
        return [_without_empty(item) for item in value]
    if isinstance(value, Mapping):
        return {name: item for name, item in value.items() if not _is_empty(item)}
    return value


def _is_empty(value: object) -> bool:
    return value is None or (isinstance(value, str | list | tuple | Mapping) and not value)
