"""Every use of data that is recorded: what was added, what runs read and what they made."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from gitprov.api.reading import Reading
from gitprov.model.pointer import Statement
from gitprov.model.records import Run
from gitprov.model.stamp import order
from gitprov.model.stored import Stored
from gitprov.model.text import unquote

ADDED: Final = "added"
INPUT: Final = "input"
OUTPUT: Final = "output"


class Use(NamedTuple):
    """A path at a moment: what it held, and how that is known."""

    path: str
    """As records spell it: relative to the top of the repository, quoted where it must be; absolute when outside."""
    digest: str
    size: int = 0
    files: int = 1
    at: str = ""
    role: str = ADDED
    """`added`, `input` or `output`."""
    run: str = ""
    """The run's id, "" where it was added by a person."""

    @property
    def raw(self) -> bytes:
        """The path as the system has it."""
        return unquote(self.path)

    @property
    def absolute(self) -> bool:
        """Whether the path lies outside the repository."""
        return self.raw.startswith(b"/")


class Catalog:
    """All uses, the oldest first."""

    def __init__(self, reading: Reading, statements: Iterable[Statement]) -> None:
        self.reading = reading
        uses = [*_added(statements), *(use for stored in reading.runs for use in uses_of(stored))]
        self.uses = sorted(uses, key=lambda use: order(use.at, ""))  # a run's inputs stay before its outputs

    def newest(self) -> dict[str, Use]:
        """Return the last use of each path inside the repository."""
        return {use.path: use for use in self.uses if not use.absolute}


def uses_of(stored: Stored) -> Iterator[Use]:
    """Yield what a run read, then what it made; what was not there has no digest, and is no use."""
    run = stored.record
    if not isinstance(run, Run):
        return
    for role, items in ((INPUT, run.input), (OUTPUT, run.output)):
        for item in items:
            if item.digest:
                yield Use(item.path, item.digest, item.size or 0, item.files or 1, run.at, role, run.id)


def _added(statements: Iterable[Statement]) -> Iterator[Use]:
    for said in statements:
        if said.path:
            yield Use(said.path, said.digest, said.size or 0, said.files or 1, said.at)
