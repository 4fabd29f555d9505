"""What `git prov reproduce` says before it runs anything, and after. Texts in it are harmless to show."""

from typing import Any, NamedTuple

from gitprov.model.environments import Change
from gitprov.model.results import Problem


class Read(NamedTuple):
    """Something that the run will read."""

    path: str
    size: int
    where: str
    """Where its bytes come from, in words; `""` where they are nowhere."""
    reason: str = ""
    """What is known of bytes that are nowhere: where they were last seen."""


class Proposal(NamedTuple):
    """What would be done, for somebody to agree to."""

    run: str
    command: str
    """On one line."""
    by: str
    at: str
    signature: str = ""
    """Whether the record is signed, and what git says of the signature."""
    commit: str = ""
    subject: str = ""
    """The commit's own first line; `""` where it is not here."""
    cwd: str = "."
    reads: tuple[Read, ...] = ()
    writes: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    """What it will write outside of the place it is run in."""
    environment: tuple[str, ...] = ()
    """How the software is had, step by step."""
    sets: tuple[tuple[str, str], ...] = ()
    """Environment variables and their values."""
    refused: tuple[str, ...] = ()
    """What stands in the record and will not be done, and why."""
    gaps: tuple[tuple[str, str], ...] = ()
    """What cannot be as it was, and what that means."""
    impossible: tuple[str, ...] = ()
    """Why it cannot be run again at all; empty where it can."""
    sandbox: str = ""
    """What keeps the command in its place, in words; `""` where nothing does."""
    place: str = ""
    """The directory that stays; `""` where none does."""
    shown_at: str = ""
    """Where the command sees its place; `""` for where that is."""


class Reproduced(NamedTuple):
    """What came of it."""

    replication: dict[str, Any]
    """The record."""
    rerun: dict[str, Any] | None
    """The run that the reproduction itself was; None where nothing was run."""
    stands: bool
    place: str
    """The directory that was kept; `""` where none was."""
    warnings: tuple[str, ...]
    problems: tuple[Problem, ...] = ()


class Row(NamedTuple):
    """What one of several reproductions came to."""

    run: str
    command: str
    """On one line."""
    verdict: str
    """`""` where there is none: our own side failed."""
    reason: str
    is_earlier: bool = False
    """Whether it was reached before, and not now."""


class Step(NamedTuple):
    """One environment that was tried in a bisection."""

    number: int
    environment: str
    """Which it was, in words."""
    is_as_recorded: bool | None
    """How it came out; None where it cannot be told."""
    reason: str


class Bisected(NamedTuple):
    """Which change of packages makes a run come out otherwise."""

    run: str
    against: str
    """The run that the other environment is of."""
    metric: str
    """The metric that was judged; `""` for the whole verdict."""
    changes: tuple[Change, ...]
    """One; several, where they could not be tried apart."""
    is_alone: bool | None
    """Whether they do it with no other change; None where that cannot be told."""
    differing: int
    """How many packages are not the same in the two environments."""
    steps: tuple[Step, ...]
