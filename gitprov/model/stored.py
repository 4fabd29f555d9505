"""A record together with where it stands."""

from typing import NamedTuple

from gitprov.model.base import Record
from gitprov.model.unread import Unread


class Stored(NamedTuple):
    """A record as it stands in a log: `raw` is its line byte for byte, `commit` the log commit that holds it."""

    id: str
    kind: str
    record: Record | Unread
    raw: bytes
    commit: str
    at: str

    @property
    def is_read(self) -> bool:
        """Whether it was understood: not of a newer schema, nor of an unknown kind."""
        return not isinstance(self.record, Unread)
