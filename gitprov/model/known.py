"""What is known of bytes: the union of all that was said about them, whoever said it and in whatever order.

Locations are a set that only grows: a place counts until some statement names its id as gone, and a place that is added
again has another id. Of every other field the newest word stands. So clones that hold the same statements know
the same, and nothing is ever merged.
"""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from gitprov.model.pointer import Location, Statement
from gitprov.model.stamp import order

_FIELDS: Final = ("kind", "size", "files", "media_type", "path", "profile", "licence", "owner", "note")


class Said(NamedTuple):
    """A statement and its id, which is the hash of its bytes."""

    id: str
    statement: Statement


class Copy(NamedTuple):
    """A place where the bytes are: its id, and since when who has said so."""

    id: str
    location: Location
    at: str
    by: str


class Pointer(NamedTuple):
    """All that is known of the bytes with one digest; fields as in `Statement`."""

    digest: str
    kind: str | None
    size: int | None
    files: int | None
    media_type: str | None
    path: str | None
    """Where they were added last."""
    profile: str | None
    """Digest of the profile of a table."""
    licence: str | None
    owner: str | None
    note: str | None
    at: str
    """When the newest statement was made."""
    by: str
    """By whom."""
    copies: tuple[Copy, ...]
    """Where they are, the oldest word first."""
    statements: tuple[str, ...]
    """Ids of all that was said, the oldest first."""


def union(said: Iterable[Said]) -> dict[str, Pointer]:
    """Return what is known, by digest. Neither order nor repetition of the statements makes a difference."""
    by_digest: dict[str, dict[str, Statement]] = {}
    for one in said:
        by_digest.setdefault(one.statement.digest, {})[one.id] = one.statement
    return {digest: _pointer(digest, by_digest[digest]) for digest in sorted(by_digest)}


def by_path(said: Iterable[Said]) -> dict[str, Said]:
    """Return what was added last at each path, as the newest statement that names the path says."""
    newest: dict[str, Said] = {}
    for one in said:
        path = one.statement.path
        if path and (path not in newest or _age(one) > _age(newest[path])):
            newest[path] = one
    return dict(sorted(newest.items()))


def _age(one: Said) -> tuple[str, str]:
    return order(one.statement.at, one.id)


def _pointer(digest: str, statements: dict[str, Statement]) -> Pointer:
    said = sorted((Said(*item) for item in statements.items()), key=_age)
    fields: dict[str, Any] = dict.fromkeys(_FIELDS)
    for _, statement in said:
        fields |= {name: value for name in _FIELDS if (value := getattr(statement, name)) is not None}
    newest = said[-1].statement
    gone = {place for _, statement in said for place in statement.gone}
    copies = tuple(copy for one in said for copy in _copies(one) if copy.id not in gone)
    return Pointer(
        digest, **fields, at=newest.at, by=newest.by, copies=copies, statements=tuple(name for name, _ in said)
    )


def _copies(one: Said) -> Iterable[Copy]:
    for number, location in enumerate(one.statement.location):
        yield Copy(f"{one.id}:{number}", location, location.at or one.statement.at, one.statement.by)
