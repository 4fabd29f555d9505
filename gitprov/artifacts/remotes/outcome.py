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


def joined(outcomes: Iterable[Outcome]) -> Outcome:
    """Return all outcomes as one."""
    files = size = 0
    missing: list[str] = []
    damaged: list[Damage] = []
    for outcome in outcomes:
        files += outcome.files
        size += outcome.size
        missing += outcome.missing
        damaged += outcome.damaged
    return Outcome(files, size, tuple(missing), tuple(damaged))
