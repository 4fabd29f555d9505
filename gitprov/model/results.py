"""The light results that rooms hand to each other and to the views. Adding one here is adding a `NamedTuple`."""

from typing import Final, NamedTuple

GRADES: Final = ("exact", "same-tree", "same-code", "linked", "same-patch")
"""How a run can belong to a commit, strongest first. The first three still hold there; the last two say whence."""


class Problem(NamedTuple):
    """Something stored that was refused: where it is, why, and what it shows of itself, escaped and cut."""

    where: str
    reason: str
    shown: str


class Graded(NamedTuple):
    """A run that speaks for a commit, and how well: one of `GRADES`."""

    id: str
    grade: str


class Finding(NamedTuple):
    """One thing that was looked at: `ok` is None where it could not be told; `mend` says what to do when it is not."""

    name: str
    ok: bool | None
    summary: str
    mend: str
