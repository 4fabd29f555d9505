"""Bringing much into the data refs: the bytes first, in one pack, then one commit that names them.

Whoever is killed in between leaves objects that nothing leads to, which `git gc` takes away.
"""

import contextlib
from collections.abc import Iterator

from gitprov.gitrepo.packing import Pack, packing
from gitprov.gitrepo.repo import Repo
from gitprov.records.data import places
from gitprov.records.data.index import Index, open_index
from gitprov.records.layout import State
from gitprov.records.scratch import scratch
from gitprov.records.statements import Document


class Deposit:
    """What is on its way into the data refs. What they hold already, ours or fetched, is left out."""

    def __init__(self, pack: Pack, index: Index) -> None:
        self._pack = pack
        self._index = index
        self.stored: dict[str, str] = {}
        """Blobs by their place in a data commit's tree: `Addition.stored`, once the deposit is made."""
        self.size = 0
        """How many bytes are new here."""

    def attachment(self, digest: str, data: bytes) -> None:
        """Add bytes under their digest, which is not worked out again. Raises `OSError`."""
        place = places.attachment(digest)
        if place not in self.stored and not self._index.holds(digest, data):
            self._put(place, data)

    def statement(self, document: Document) -> None:
        """Add a statement about data. Raises `OSError`."""
        if document.place not in self.stored:
            self._put(document.place, document.data)

    def _put(self, place: str, data: bytes) -> None:
        self.stored[place] = self._pack.blob(data)
        self.size += len(data)


@contextlib.contextmanager
def depositing(repo: Repo, state: State) -> Iterator[Deposit]:
    """Make a deposit: git has the bytes when the block has ended, and nothing of them where it fails.

    `writer.append` with `Addition(stored=deposit.stored)` then lets a ref lead to them. Raises `OSError` where the
    pack cannot be written, `GitFailed` where git cannot take it in.
    """
    index = open_index(repo)
    with packing(repo, scratch(state)) as pack:
        yield Deposit(pack, index)
