"""What came of one job, and of all of them."""

from collections.abc import Iterable
from typing import NamedTuple

from gitprov.artifacts.store import Damage


class Outcome(NamedTuple):
    """Files that are where they should be now, the bytes that went over the wire for it, and what went wrong."""

    files: int = 0
    size: int = 0
    missing: tuple[str, ...] = ()
    damaged: tuple[Damage, ...] = ()
    content: int = 0
    """The bytes of these files themselves, however they travelled."""


def joined(outcomes: Iterable[Outcome]) -> Outcome:
    """Return all outcomes as one."""
    files = size = content = 0
    missing: list[str] = []
    damaged: list[Damage] = []
    for outcome in outcomes:
        files += outcome.files
        size += outcome.size
        content += outcome.content
        missing += outcome.missing
        damaged += outcome.damaged
    return Outcome(files, size, tuple(missing), tuple(damaged), content)
