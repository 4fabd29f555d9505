"""What every reader of objects offers, whichever way it reads."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol


class GitObject(NamedTuple):
    """An object: its id, kind, size in bytes, and its bytes: none where `size` is over the limit asked for."""

    oid: str
    kind: str
    size: int
    data: bytes


class Reader(Protocol):
    """Reads objects by their whole id. What is not there or is damaged is `None` from `get`, and left out of `many`."""

    def get(self, oid: str) -> GitObject | None:
        """One object, whole."""

    def many(self, oids: Iterable[str], limit: int | None = None) -> Iterator[GitObject]:
        """The objects in the order asked for; the bytes of one over `limit` are left out."""

    def close(self) -> None:
        """Let go of processes and files."""
