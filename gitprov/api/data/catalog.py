"""Every use of data that is recorded: what was added, what runs read and what they made."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from gitprov.model.pointer import Statement
from gitprov.model.stamp import order
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

    def __init__(self, statements: Iterable[Statement], of_runs: Iterable[Use] = ()) -> None:
        uses = [*_added(statements), *of_runs]
        self.uses = sorted(uses, key=lambda use: order(use.at, ""))  # a run's inputs stay before its outputs

    def newest(self) -> dict[str, Use]:
        """Return the last use of each path inside the repository."""
        return {use.path: use for use in self.uses if not use.absolute}


def _added(statements: Iterable[Statement]) -> Iterator[Use]:
    for said in statements:
        if said.path:
            yield Use(said.path, said.digest, said.size or 0, said.files or 1, said.at)
