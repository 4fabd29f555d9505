"""Saying something of data, once: what is known already is not said again."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from gitprov.api.data.place import Place
from gitprov.api.session import Session
from gitprov.model.known import Pointer
from gitprov.model.stamp import stamp
from gitprov.model.text import single_line
from gitprov.records import pointers
from gitprov.records.deposit import Deposit

Fields = Mapping[str, Any]

_SAME = ("kind", "remote", "url", "etag", "version", "oid", "md5", "key")
"""What makes two locations one place."""


def said_now(place: Place, deposit: Deposit, digest: str, fields: Fields, locations: Iterable[Fields] = ()) -> bool:
    """State what is new of these fields and places; tell whether there was anything.

    A path counts as known only where this digest was the last thing said of it. Raises `InvalidRecord`, `OSError`.
    """
    pointer = place.known.get(digest)
    new = [location for location in locations if pointer is None or not _is_known(pointer, location)]
    if not new and pointer is not None and all(_is_said(place, pointer, *item) for item in fields.items()):
        return False
    deposit.statement(pointers.stating({**by(place.session), "digest": digest, **fields, "location": new}))
    return True


def by(session: Session) -> dict[str, str]:
    """Return who says it, and when."""
    now = datetime.fromtimestamp(session.clock(), UTC)
    return {"at": stamp(now), "by": single_line(session.repo.identity, 200)}


def _is_said(place: Place, pointer: Pointer, name: str, value: object) -> bool:
    if name == "path":
        last = place.last_added.get(str(value))
        return last is not None and last.digest == pointer.digest
    return bool(getattr(pointer, name) == value)


def _is_known(pointer: Pointer, location: Fields) -> bool:
    wanted = [location.get(name) or None for name in _SAME]
    return any([getattr(copy.location, name) or None for name in _SAME] == wanted for copy in pointer.copies)
