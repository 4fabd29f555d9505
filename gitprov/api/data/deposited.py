"""Reading what is being added, once git has it and before a ref leads to it."""

from collections.abc import Mapping
from typing import Self

from gitprov.api.data.place import Place
from gitprov.gitrepo.read import CatFile
from gitprov.records.data import places


class Deposited:
    """Reads listings: those that were just deposited, and those that were known."""

    def __init__(self, place: Place, stored: Mapping[str, str]) -> None:
        self._place = place
        self._stored = stored
        self._reader = CatFile(place.session.repo)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._reader.close()

    def __call__(self, digest: str) -> bytes:
        """Return the listing with this digest. Raises `NotFound`, `ProvError`."""
        oid = self._stored.get(places.attachment(digest), "")
        found = self._reader.get(oid) if oid else None
        return found.data if found else self._place.listings(digest)
