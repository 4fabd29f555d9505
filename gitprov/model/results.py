"""The light results that rooms hand to each other and to the views. Adding one here is adding a `NamedTuple`."""

from typing import Any, Final, Literal, NamedTuple

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


class Setting(NamedTuple):
    """A setting, its value, and where that came from."""

    key: str
    """`capture.trace` of the shared file, `prov.push` of git config."""
    value: Any
    """A value of any JSON kind; None where there is none."""
    origin: Literal["default", "file", "git config"]
    where: str
    """The file, or scope and file of git config; "" for a default."""
    line: int
    """The line in the shared file; 0 elsewhere."""
    says: str
    """What it means."""
    flag: str
    """The option that beats it for one command; "" where there is none."""
