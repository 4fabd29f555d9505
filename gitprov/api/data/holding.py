"""What a policy holds back from a data remote: by path, and so by bytes, from whatever other path they might go."""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import NamedTuple

from gitprov.api.data.catalog import Use
from gitprov.api.data.place import Place
from gitprov.artifacts.listing import Entry
from gitprov.errors import ProvError
from gitprov.gitrepo.process import text
from gitprov.model.results import Problem
from gitprov.model.text import quote


class Hold(NamedTuple):
    """What a policy says of paths."""

    what: Callable[[str], str]
    """Says what the data at a path from the top of the repository is, in words; "" where it may go."""
    stops: bool
    """Whether it is not sent; else that is only said."""


class Held:
    """What is held back of the data of a repository, and what of it somebody wanted to send."""

    def __init__(self, place: Place, hold: Hold | None) -> None:
        self._hold = hold
        self._known: dict[str, tuple[str, str]] = {}
        self._met: dict[str, tuple[str, str]] = {}
        for use in place.catalog.uses if hold else ():
            with suppress(ProvError):  # a listing that is not here: its files are not sent either
                self._look_at(place, use)

    def wanted(self, place: Place, use: Use) -> Iterator[Entry]:
        """Yield the files of a use that may go. Raises `ProvError` for a listing."""
        if self._hold:
            self._look_at(place, use)
        for _, entry in _files(place, use):
            if entry.digest in self._known:
                self._met[entry.digest] = self._known[entry.digest]
            if entry.digest not in self.digests:
                yield entry

    @property
    def digests(self) -> "dict[str, tuple[str, str]]":
        """What was wanted and is not sent, by digest."""
        return self._met if self._hold and self._hold.stops else {}

    def problems(self, remote: str) -> list[Problem]:
        """Return a problem for each path that was wanted."""
        done = "was not sent" if self.digests else "was sent"
        return [
            Problem(path, f"{done}: it is {what}, which does not go to {remote} (rule data-classes)", "")
            for path, what in self._met.values()
        ]

    def _look_at(self, place: Place, use: Use) -> None:
        for path, entry in _files(place, use):
            if self._hold and (what := self._hold.what(text(path))):
                self._known.setdefault(entry.digest, (quote(path), what))


def _files(place: Place, use: Use) -> Iterator[tuple[bytes, Entry]]:
    """The files of a use, each with its path from the top of the repository."""
    for below, entry in place.leaves(use):
        if entry.mode != "link":
            yield (os.path.join(use.raw, below) if below else use.raw), entry
