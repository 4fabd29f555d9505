"""What every verb of `git prov data` works with: the store, the listings in refs, the remotes, all that is known."""

import os
from collections.abc import Iterator
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Self

from gitprov.api.data.catalog import Catalog, Use
from gitprov.api.data.gitfiles import Blobs
from gitprov.api.data.runs import read_uses
from gitprov.api.data.storing import open_store
from gitprov.api.session import Session
from gitprov.artifacts import listing
from gitprov.artifacts.elsewhere.location import World
from gitprov.artifacts.listing import Entry
from gitprov.errors import ProvError
from gitprov.model.known import Pointer, by_path, union
from gitprov.model.pointer import Statement
from gitprov.model.results import Problem
from gitprov.records import attachments, pointers
from gitprov.records.data.index import Index, open_index

if TYPE_CHECKING:
    from gitprov.api.data.settings import DataSettings
    from gitprov.api.reading import Reading


class Place:
    """A repository with its data, opened for one command. Nothing is read, or imported, before it is asked for."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.store = open_store(session)
        self.world = World(session.repo, session.environ)
        self.blobs = Blobs(session.repo)
        self.problems: list[Problem] = []
        """What could not be read on the way."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if "listings" in self.__dict__:
            self.listings.close()

    @cached_property
    def settings(self) -> "DataSettings":
        """What the repository says of its data remotes. Raises `ConfigError`."""
        from gitprov.api.data.settings import load_data

        return load_data(self.session)

    @cached_property
    def listings(self) -> attachments.Listings:
        """What reads the listing of a digest from the data refs, verified."""
        return attachments.Listings(self.session.repo, self.index)

    @cached_property
    def index(self) -> Index:
        """Which attachments and statements the data refs hold, as of when it was first asked for."""
        return open_index(self.session.repo)

    def read(self, digest: str) -> bytes:
        """Return a listing, or the text of a link: from the data refs, else from the store. Raises `NotFound`."""
        if digest in self.listings or not self.store.has(digest):
            return self.listings(digest)
        return self.store.read(digest)

    @cached_property
    def statements(self) -> pointers.Statements:
        """All that was said about data."""
        found = pointers.statements(self.session.repo, index=self.index)
        self.problems += found.problems
        if found.unread:
            self.problems.append(
                Problem("statements about data", f"{found.unread} can only be read by a newer git prov", "")
            )
        return found

    @cached_property
    def known(self) -> dict[str, Pointer]:
        """What is known of data, by digest."""
        return union(self.statements.said)

    @cached_property
    def last_added(self) -> dict[str, Statement]:
        """What was said last of each path."""
        return {path: said.statement for path, said in by_path(self.statements.said).items()}

    @cached_property
    def catalog(self) -> Catalog:
        """Every use of data: by runs, and by who added it."""
        found = read_uses(self.session)
        self.__dict__.pop("index", None)  # a run that was recorded only now may have brought listings
        self.problems += found.problems
        return Catalog((said.statement for said in self.statements.said), found.uses)

    @cached_property
    def reading(self) -> "Reading":
        """All records themselves; what is amiss with them is told with the catalog."""
        from gitprov.api.reading import everything

        return everything(self.session)

    @property
    def worktree(self) -> str:
        """The top of the working tree. Raises `ProvError` where there is none."""
        if self.session.repo.worktree is None:
            raise ProvError("there is no working tree here", hint="do this in a clone that has one")
        return self.session.repo.worktree

    def file_of(self, path: bytes) -> bytes:
        """The file that a recorded path names: below the top of the working tree, or outside of it."""
        return os.path.join(os.fsencode(self.worktree), path)

    def leaves(self, use: Use) -> Iterator[tuple[bytes, Entry]]:
        """Yield the files of a use, each with its path below it; of a file itself, with the path `b""`.

        What stands under `git:` is git's own and not among them. Raises `NotFound`, `InvalidRecord` for a listing.
        """
        if not use.digest.startswith("b3:"):
            return
        if self.is_directory(use):
            yield from ((path, entry) for path, entry in listing.walk(use.digest, self.listings))
        else:
            yield b"", Entry("644", use.size, use.digest, b"")

    def is_directory(self, use: Use) -> bool:
        """Whether a digest is that of a listing. A file that was kept as an attachment is none."""
        pointer = self.known.get(use.digest)
        if pointer is not None and pointer.kind is not None:
            return pointer.kind == "directory"
        return use.files != 1 or (use.digest in self.listings and self._reads_as_listing(use.digest))

    def _reads_as_listing(self, digest: str) -> bool:
        try:
            return bool(listing.parse_listing(self.listings(digest)))  # an empty one is an empty file as well
        except ProvError:
            return False
